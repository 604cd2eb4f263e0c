"""Of whom staff said that he died: he is nobody's guardian any more, and nothing rests on his word alone."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Role
from app.ids import new_id
from app.models import Guardianship, Notice
from tests.api.binding.test_ending import end
from tests.api.sign_in.conftest import grant
from tests.binding_world import refused
from tests.cast import named, person, sign_in_again
from tests.child_world import write_child, write_consent, write_guarded_child, write_guardian
from tests.client import Answer, Client
from tests.consenting import MINORS

DEAD = (409, "resident_dead")


def _die(staff: Client, name: str = "resident") -> Answer:
    return end(staff, named(f"binding {name}"), reason="deceased")


def _code(staff: Client, child: UUID) -> Answer:
    return staff.post(f"/v1/residents/{child}/sign-in-codes", json={"id": str(new_id())})


def _on_paper(staff: Client, child: UUID, decided_by: UUID) -> Answer:
    body = {"text_id": str(MINORS.id), "given": True, "resident_id": str(child)}
    return staff.put(f"/v1/consents/{new_id()}", json=body | {"decided_by": str(decided_by)})


def _told(session: Session, name: str) -> list[tuple[str, str]]:
    query = select(Notice).where(Notice.user_id == person(name).user_id).order_by(Notice.id)
    rows = [one for one in session.scalars(query) if one.kind == "account_alert"]
    return [(one.data["what"], one.data.get("guardianship_id", "")) for one in rows]


def test_with_a_death_the_guardianship_ends_and_the_childs_ways_in_do(
    admin: Client, worker: Client, visitor: Client, session: Session
) -> None:
    """S-74, S-91: the code on paper, the open session, and the next code; the guardianship is over."""
    child = write_guarded_child(session)
    token = visitor.post("/v1/sessions/code", json={"code": _code(worker, child).json["code"]}).json["token"]
    code = _code(worker, child).json["code"]

    assert refused(_die(admin)) == (200, None)

    mine = visitor.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    by_code = visitor.post("/v1/sessions/code", json={"code": code})
    assert refused(mine) == (401, "sign_in_needed")
    assert refused(by_code) == (401, "sign_in_code_refused")
    assert refused(_code(worker, child)) == (403, "no_basis")
    row = session.scalars(select(Guardianship).where(Guardianship.child_id == child)).one()
    assert (row.ended_at is not None, row.ended_by) == (True, person("admin").user_id)


def test_where_another_guardian_agreed_the_child_stays_signed_in(
    admin: Client, worker: Client, visitor: Client, session: Session
) -> None:
    child = write_child(session)
    write_guardian(session, child)
    other = write_guardian(session, child, of="neighbour")
    write_consent(session, child, by="neighbour")
    token = visitor.post("/v1/sessions/code", json={"code": _code(worker, child).json["code"]}).json["token"]

    _die(admin)

    mine = visitor.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert mine.status_code == 200
    assert session.get_one(Guardianship, other, populate_existing=True).ended_at is None


def test_the_other_guardians_and_admins_are_told_of_the_death(admin: Client, session: Session) -> None:
    """Somebody is to look who answers for the child now; nobody is told of one who was never verified."""
    child, second = write_child(session), write_child(session)
    row = write_guardian(session, child)
    write_guardian(session, child, of="neighbour")
    write_guardian(session, second, verified=False)
    grant(session, person("colleague").user_id, role=Role.COMMUNITY_ADMIN)
    sign_in_again(session, "colleague")

    first, again = (_die(admin) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 200)
    assert [_told(session, one) for one in ("neighbour", "colleague", "admin")] == [
        [("guardian_died", str(row))],
        [("guardian_died", str(row))],
        [],
    ]
    ended = select(Guardianship.id).where(Guardianship.guardian_id == named("resident"))
    assert not session.scalars(ended.where(Guardianship.ended_at.is_(None))).all()


def test_nobody_who_died_agrees_on_paper_or_becomes_a_guardian(
    admin: Client, worker: Client, session: Session
) -> None:
    """S-91: neither for the child nor for himself, and who waits to be verified is over with it."""
    child, second = write_child(session), write_child(session)
    write_guardian(session, child)
    _die(admin)
    late = write_guardian(session, second, verified=False)
    body = {
        "child_id": str(child),
        "guardian_id": str(named("resident")),
        "relation": "grandparent",
        "proof": "户口本",
        "valid_until": "2029-12-31",
    }

    assert refused(_on_paper(worker, child, named("resident"))) == DEAD
    assert refused(_on_paper(worker, named("resident"), named("resident"))) == DEAD
    assert refused(worker.put(f"/v1/guardianships/{new_id()}", json=body)) == DEAD
    assert refused(admin.post(f"/v1/guardianships/{late}/verify")) == DEAD
    assert refused(_on_paper(worker, child, named("neighbour"))) == (404, "not_found"), "nothing of others"
