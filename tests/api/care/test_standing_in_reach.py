"""Whom whoever stands in reaches, beside their care: adults as the worker does, minors by leave."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import Absence, Resident
from app.people import Numbers, sealed_numbers
from tests.api.care.test_standing_in import send_away
from tests.care_world import NOON, TODAY, file_visit, write_care, write_form, write_resident
from tests.cast import HOME, named
from tests.child_world import write_guarded_child
from tests.client import Answer, Client
from tests.sealer import SEALER

Become = Callable[[str | None], Client]
LIST = "/v1/care-records"
PHONE = "13900001234"


def _reach(client: Client, resident_id: UUID) -> list[int]:
    """Try what a visit takes of the roster: who he is, how he stands to the texts, and his phone."""
    path = f"/v1/residents/{resident_id}"
    asked = {"field": "phone", "purpose": "约探访时间"}
    return [
        client.get(path).status_code,
        client.get(f"{path}/consents").status_code,
        client.post(f"{path}/reveal", json=asked).status_code,
    ]


def _elsewhere(session: Session, resident_id: UUID) -> UUID:
    """Let somebody, who has a phone, live outside the worker's grid, and the colleague look after him."""
    row = session.get_one(Resident, resident_id)
    row.area_code = HOME
    for name, value in sealed_numbers(SEALER, row.id, HOME, Numbers(PHONE, None)).items():
        setattr(row, name, value)
    session.commit()
    return write_care(session, resident_id=resident_id, worker="colleague", area_code=HOME, next_due_on=TODAY)


def test_he_reaches_those_whom_he_is_to_call_on_and_nobody_else_there(be: Become, session: Session) -> None:
    """Of another grid he reads what a visit takes, as long as he stands in, and searches nobody."""
    cared, other = write_resident(session, name="石老太"), write_resident(session, area_code=HOME)
    _elsewhere(session, cared)
    assert _reach(be("worker"), cared) == [404, 404, 404]

    send_away(session, "colleague", "worker")

    assert _reach(be("worker"), cared) == [200, 200, 200]
    assert _reach(be("worker"), other) == [404, 404, 404]
    found = be("worker").post("/v1/residents/search", json={"words": "石老太"}).json["items"]
    assert found == []
    assert be("worker").get(f"/v1/households/{named('household home')}").status_code == 200, "his own grid"
    with clock.set_to(NOON + timedelta(days=4)):
        assert _reach(be("worker"), cared) == [404, 404, 404]


def test_he_notes_what_those_sign_whom_he_is_to_call_on_and_what_they_take_back(
    be: Become, session: Session
) -> None:
    """Else a visit would stay without words as long as somebody is away; nobody else's paper, nor later."""
    cared, other = write_resident(session, name="石老太"), write_resident(session, area_code=HOME)
    _elsewhere(session, cared)
    (text,) = (
        one["text_id"]
        for one in be("admin").get(f"/v1/residents/{cared}/consents").json["items"]
        if one["purpose"] == "health_hardship"
    )

    def note(resident_id: UUID) -> Answer:
        signed = {"resident_id": str(resident_id), "decided_by": str(resident_id)}
        return be("worker").put(f"/v1/consents/{new_id()}", json={"text_id": text, "given": True} | signed)

    assert note(cared).status_code == 404
    send_away(session, "colleague", "worker")

    made = note(cared)
    back = f"/v1/consents/{made.json['id']}/withdraw"

    assert (made.status_code, made.json["channel"]) == (201, "paper")
    assert note(other).status_code == 404
    with clock.set_to(NOON + timedelta(days=4)):
        assert [note(cared).status_code, be("worker").post(back).status_code] == [404, 404]
    assert be("worker").post(back).status_code == 200


def test_he_asks_to_read_of_a_minor_there_and_does_until_he_stands_in_no_longer(
    be: Become, session: Session
) -> None:
    """S-95: the ticket ends with his last day, however many days he asked for."""
    child = write_guarded_child(session)
    record, form = _elsewhere(session, child), write_form(session)
    path, asked = (
        f"/v1/viewing-tickets/{new_id()}",
        {"resident_id": str(child), "purpose": "代班探访", "days": 30},
    )
    assert be("worker").put(path, json=asked).status_code == 404
    send_away(session, "colleague", "worker", days=3)
    assert _reach(be("worker"), child) == [200, 200, 403]

    assert be("worker").put(path, json=asked).status_code == 201
    decided = be("admin").post(f"{path}/decide", json={"approved": True})

    assert decided.status_code == 200, decided.text
    assert decided.json["expires_at"] == "2027-02-03T16:00:00+00:00", "the end of his last day in China"
    visit_id = file_visit(be("worker"), record, form).json["id"]
    read = [f"{LIST}/{record}", f"{LIST}/{record}/visit-draft", f"/v1/visits/{visit_id}"]
    assert [be("worker").get(one).status_code for one in read] == [200, 200, 200]
    assert _reach(be("worker"), child) == [200, 200, 200]
    with clock.set_to(NOON + timedelta(days=4)):
        assert [be("worker").get(one).status_code for one in read] == [404, 404, 404]


def test_a_ticket_of_who_stands_in_no_longer_is_over(be: Become, session: Session) -> None:
    child = write_guarded_child(session)
    _elsewhere(session, child)
    absence = send_away(session, "colleague", "worker")
    path = f"/v1/viewing-tickets/{new_id()}"
    asked = {"resident_id": str(child), "purpose": "代班探访", "days": 30}
    assert be("worker").put(path, json=asked).status_code == 201
    session.get_one(Absence, absence).ended_at = NOON
    session.commit()

    yes = be("admin").post(f"{path}/decide", json={"approved": True})
    no = be("admin").post(f"{path}/decide", json={"approved": False})

    assert (yes.status_code, yes.json["code"], no.status_code) == (409, "ticket_over", 200)
