"""What visits left to do, and the next visit, go to whom they should once somebody moved; nothing is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.ids import new_id
from app.models import Area, AreaLevel, CareRecord, FollowUp, Grant, Hazard, Household, Notice, NoticeKind
from app.visits import tell_of_follow_ups, tell_without_hands
from tests.api.care.follow_up_world import to, told
from tests.api.care.test_standing_in import send_away
from tests.care_world import NOON, TODAY, file_visit, write_care
from tests.cast import GRID, HOME, NEXT, named, person
from tests.client import Client
from tests.moves_world import HERE, home_in, move

Become = Callable[[str | None], Client]
OTHER_GRID = f"{HOME}002"
WORKER, COLLEAGUE, ADMIN = (person(name).user_id for name in ("worker", "colleague", "admin"))


@pytest.fixture
def elsewhere(session: Session) -> UUID:
    """Give a household in the next grid, over which the worker has no post."""
    session.add(Area(code=OTHER_GRID, name="第二网格", level=AreaLevel.GRID, parent_code=HOME))
    session.commit()
    return home_in(session, OTHER_GRID)


def _move(be: Become, home: UUID) -> None:
    moved = move(be("admin"), household_id=str(home), relation="head")
    assert moved.status_code == 200, moved.json


def _needs(be: Become, whose: str = "mine") -> list[str]:
    found = be(whose if whose != "unowned" else "admin").get(
        "/v1/follow-ups", query_string={"whose": "unowned" if whose == "unowned" else "mine"}
    )
    return [one["id"] for one in found.json["items"]]


def _told_of_care(session: Session) -> list[tuple[UUID, str]]:
    rows = session.scalars(select(Notice).where(Notice.kind == NoticeKind.CARE).order_by(Notice.id))
    return [(row.user_id, row.data["what"]) for row in rows]


def _finished(client: Client, need: str) -> int:
    return client.post(f"/v1/follow-ups/{need}/finish", json={"result": "修好了"}).status_code


def test_within_the_grid_it_stays_with_its_owner(be: Become, session: Session, need: str) -> None:
    _move(be, home_in(session, GRID))

    assert (_needs(be, "worker"), _needs(be, "unowned")) == ([need], [])
    assert _finished(be("worker"), need) == 200


def test_in_another_grid_the_admins_have_it_and_are_told_once(
    be: Become, session: Session, need: str, elsewhere: UUID
) -> None:
    """Its owner has no post there; whoever gets it finishes it, and whoever made the visit is told."""
    _move(be, elsewhere)
    before = len(told(session))
    for _ in range(2):
        tell_of_follow_ups(session, limit=10)
    session.commit()

    assert told(session)[before:] == [(ADMIN, "unowned")]
    assert (_needs(be, "worker"), _needs(be, "unowned")) == ([], [need])
    assert _finished(be("worker"), need) == 404
    given = be("admin").post(f"/v1/follow-ups/{need}/hand-over", json=to("colleague"))
    assert given.status_code == 200, given.text
    assert (_needs(be, "colleague"), _needs(be, "unowned")) == ([need], [])
    assert told(session)[before + 1 :] == [(WORKER, "handed_over"), (COLLEAGUE, None)]
    assert _finished(be("colleague"), need) == 200


def test_whoever_stands_in_for_an_owner_with_a_post_over_both_sees_to_it_there_too(
    be: Become, session: Session, record: UUID, form: UUID, elsewhere: UUID
) -> None:
    """And once he does no longer, the owner does again."""
    wanted = [{"need": "修扶手", "due_on": "2027-02-02", "owner_id": str(COLLEAGUE)}]
    need = file_visit(be("worker"), record, form, follow_ups=wanted).json["follow_ups"][0]["id"]
    send_away(session, "colleague", "worker")
    _move(be, elsewhere)

    assert (_needs(be, "worker"), _needs(be, "unowned")) == ([need], [])
    with clock.set_to(NOON + timedelta(days=4)):
        assert (_needs(be, "worker"), _needs(be, "colleague")) == ([], [need])
    assert _finished(be("worker"), need) == 200


def test_whoever_stands_in_for_an_owner_without_a_post_there_does_not(
    be: Become, session: Session, need: str, elsewhere: UUID
) -> None:
    """An absence lets somebody stand in where the other has a post; the rest is the admins' to give out."""
    send_away(session, "worker", "colleague")
    assert _needs(be, "colleague") == [need]

    _move(be, elsewhere)

    assert (_needs(be, "colleague"), _needs(be, "unowned")) == ([], [need])


@pytest.mark.parametrize(
    "substitute, what", [("colleague", (COLLEAGUE, "came_over")), (None, (ADMIN, "nobodys"))]
)
def test_the_next_visit_keeps_its_day_and_goes_to_the_substitute_or_the_admins(
    be: Become, session: Session, elsewhere: UUID, substitute: str | None, what: tuple[UUID, str]
) -> None:
    """At once, and the worker who has no post there is shown nothing of it any more."""
    by = None if substitute is None else person(substitute).user_id
    care = write_care(session, substitute_id=by, next_due_on=TODAY)
    _move(be, elsewhere)
    tell_without_hands(session, limit=10)
    session.commit()

    assert _told_of_care(session) == [what]
    shown = be("admin").get(f"/v1/care-records/{care}").json
    assert (shown["next_due_on"], shown["doer_id"]) == (TODAY.isoformat(), None if by is None else str(by))
    assert shown["area_code"] == OTHER_GRID
    of_day = {
        who: [one["id"] for one in be(who).get("/v1/me/today").json["care_records"]]
        for who in ("worker", "colleague")
    }
    assert of_day == {"worker": [], "colleague": [str(care)] if substitute else []}
    assert be("worker").get(f"/v1/care-records/{care}").status_code == 404


def test_a_household_that_moves_takes_along_what_is_open(
    be: Become, session: Session, need: str, elsewhere: UUID
) -> None:
    place = session.get_one(Household, elsewhere).place_id
    body = {"place_id": str(place), "door": "7单元701", "moved_on": TODAY.isoformat()}

    assert be("admin").step(f"/v1/households/{HERE}/move", body, new_id()).status_code == 200

    assert (_needs(be, "worker"), _needs(be, "unowned")) == ([], [need])


def test_a_visit_from_before_the_move_arrives_after_it_with_what_it_left_to_do(
    be: Become, session: Session, record: UUID, form: UUID, elsewhere: UUID
) -> None:
    """Whose care it was that day sends it, or who stood in; presence and hazards are of that home."""
    code = be("admin").post(f"/v1/places/{named('block')}/codes").json["url"]
    send_away(session, "worker", "colleague", days=0)
    with clock.set_to(NOON + timedelta(hours=1)):
        _move(be, elsewhere)
    seen = {"id": str(new_id()), "category": "fire", "text": "门口电线破皮"}
    wanted: dict[str, Any] = {"follow_ups": [{"need": "修扶手", "due_on": "2027-02-02"}], "hazards": [seen]}
    with clock.set_to(NOON + timedelta(hours=3)):
        late = file_visit(be("worker"), record, form, code=code, **wanted)
        others = [file_visit(be(name), record, form).status_code for name in ("colleague", "far_worker")]

    assert late.status_code == 201, late.text
    assert late.json["presence"] == "probable", "the code of another place would tell against it"
    assert others == [201, 404]
    assert session.get_one(Hazard, UUID(seen["id"])).place_id == named("block")
    assert _needs(be, "unowned") == [late.json["follow_ups"][0]["id"]]
    with clock.set_to(NOON + timedelta(days=1)):
        assert (
            file_visit(
                be("worker"), record, form, captured_at=(NOON + timedelta(days=1)).isoformat()
            ).status_code
            == 404
        )


def test_in_another_community_it_is_over_and_who_saw_to_it_is_told(
    be: Become, session: Session, need: str
) -> None:
    """Care ends: there somebody else looks after him. What the visit found stays where it was made."""
    grant = session.scalars(select(Grant).where(Grant.user_id == ADMIN)).one()
    kept = ("user_id", "role", "valid_from", "valid_until", "granted_by", "created_at", "content_hash")
    values = {name: getattr(grant, name) for name in kept}
    session.add(Grant(**values | {"id": new_id(), "area_code": NEXT}))
    session.commit()
    send_away(session, "worker", "colleague")
    before = len(told(session))

    _move(be, home_in(session, NEXT))

    assert told(session)[before:] == [(COLLEAGUE, "ended")]
    assert _told_of_care(session) == [(WORKER, "given_up")]
    row = session.get_one(FollowUp, UUID(need))
    assert (row.area_code, row.done_by, row.result_sealed) == (GRID, ADMIN, None)
    care = session.scalars(select(CareRecord)).one()
    assert (care.area_code, care.ended_on) == (GRID, TODAY)
    assert be("admin").get(f"/v1/visits/{row.visit_id}").json["follow_ups"][0]["need"] == "修扶手"
