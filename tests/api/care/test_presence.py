"""Who is at home, away, or back for the holidays: said by staff of the area, and who is due follows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import PresenceState, Relation, Resident, RosterChange, User
from tests.care_world import TODAY, write_care, write_resident
from tests.cast import named, person
from tests.child_world import write_child
from tests.client import Answer, Client
from tests.moves_world import HERE, KIN, leave, refused, row
from tests.own_data.correcting import asked, decide

Become = Callable[[str | None], Client]
CARE = "/v1/care-records"
AGO = TODAY - timedelta(days=5)


def say(client: Client, resident_id: UUID = KIN, step_id: UUID | None = None, **more: Any) -> Answer:
    """Say that somebody went away for work five days ago, unless otherwise."""
    body = {"presence": "away", "since": AGO.isoformat(), **more}
    return client.step(f"/v1/residents/{resident_id}/presence", body, step_id or new_id())


def say_of_home(client: Client, step_id: UUID | None = None, **more: Any) -> Answer:
    """Say the same of the first household."""
    body = {"presence": "away", "since": AGO.isoformat(), **more}
    return client.step(f"/v1/households/{HERE}/presence", body, step_id or new_id())


def due(client: Client) -> list[str]:
    """Give who is due."""
    return [one["resident_id"] for one in client.get(CARE).json["items"]]


def test_who_is_away_is_not_due_and_who_is_back_is(worker: Client, session: Session) -> None:
    record = write_care(session)
    assert due(worker) == [str(KIN)]

    gone = say(worker, reason="去广东做工")

    assert gone.status_code == 200, gone.json
    assert (gone.json["kind"], gone.json["day"], gone.json["reason"]) == (
        "presence",
        AGO.isoformat(),
        "去广东做工",
    )
    assert gone.json["before"] == {"presence": "home", "back_on": None}
    assert gone.json["after"] == {"presence": "away", "back_on": None}
    assert due(worker) == []
    assert worker.get(f"{CARE}/{record}").json["due"] is None
    for state in ("holiday", "home"):
        assert say(worker, presence=state).status_code == 200
        assert due(worker) == [str(KIN)]
    changes = worker.get(f"/v1/residents/{KIN}/changes").json["items"]
    assert [one["after"]["presence"] for one in changes] == ["home", "holiday", "away"]


def test_from_the_day_on_which_somebody_is_expected_he_is_due_again(worker: Client, session: Session) -> None:
    """Nobody needs to remember it: what was said of a child's winter at its parents' ends by itself."""
    record = write_care(session)
    tomorrow = (TODAY + timedelta(days=1)).isoformat()

    assert say(worker, back_on=tomorrow).status_code == 200
    shown = worker.get(f"{CARE}/{record}").json
    assert (due(worker), shown["due"], shown["back_on"]) == ([], None, tomorrow)
    assert worker.get(f"/v1/residents/{KIN}").json["back_on"] == tomorrow

    assert say(worker, back_on=TODAY.isoformat()).status_code == 200
    shown = worker.get(f"{CARE}/{record}").json
    assert (due(worker), shown["due"], shown["presence"]) == ([str(KIN)], "later", "away")


def test_the_same_again_changes_nothing(worker: Client, admin: Client, session: Session) -> None:
    step = new_id()
    first, again = say(worker, step_id=step), say(worker, step_id=step)
    assert say(worker, presence="home").status_code == 200

    late = say(worker, step_id=step)

    assert (first.status_code, again.json, late.json) == (200, first.json, first.json)
    assert row(session).presence is PresenceState.HOME
    assert refused(say(worker, step_id=step, presence="holiday")) == (409, "other_content")
    assert refused(say(admin, step_id=step)) == (409, "other_content")


def test_of_a_household_who_went_is_away_and_who_stayed_is_not(worker: Client, session: Session) -> None:
    """The parents go, grandmother and child stay; of who is away already nothing is written anew."""
    son = write_resident(session, relation=Relation.CHILD)
    away = write_resident(session, relation=Relation.CHILD, presence=PresenceState.AWAY)
    child = write_child(session)
    step = new_id()
    ids = [str(one) for one in (son, away)]
    back_on = (TODAY + timedelta(days=30)).isoformat()

    first, again = (say_of_home(worker, step, resident_ids=ids) for _ in range(2))

    assert (first.status_code, again.json) == (200, first.json)
    assert first.json["data"] == {"resident_ids": [str(son)]}
    states = {one.id: one.presence for one in session.scalars(select(Resident))}
    assert (states[son], states[away]) == (PresenceState.AWAY,) * 2
    assert (states[KIN], states[child]) == (PresenceState.HOME,) * 2
    (change,) = worker.get(f"/v1/residents/{son}/changes").json["items"]
    assert (change["data"], change["after"]["presence"]) == ({"part_of": str(step)}, "away")
    assert session.scalars(select(RosterChange.id).where(RosterChange.resident_id == away)).all() == []

    assert say_of_home(worker, back_on=back_on).status_code == 200
    session.expire_all()
    living = select(Resident).where(Resident.household_id == HERE)
    assert {(one.presence, str(one.back_on)) for one in session.scalars(living)} == {
        (PresenceState.AWAY, back_on)
    }


def test_a_household_is_named_by_who_lives_there(worker: Client, admin: Client, session: Session) -> None:
    gone = write_resident(session)
    assert leave(admin, gone).status_code == 200

    for stranger in (named("neighbour"), gone, new_id()):
        answer = say_of_home(worker, resident_ids=[str(KIN), str(stranger)])
        assert refused(answer) == (404, "not_found")
    assert row(session).presence is PresenceState.HOME


@pytest.mark.parametrize(
    "sent, code",
    [
        ({"since": (TODAY + timedelta(days=1)).isoformat()}, "left_day"),
        ({"since": "1890-01-01"}, "left_day"),
        ({"back_on": AGO.isoformat()}, "back_day"),
        ({"back_on": "2099-01-01"}, "back_day"),
        ({"presence": "home", "back_on": TODAY.isoformat()}, "back_day"),
        ({"presence": "holiday", "back_on": TODAY.isoformat()}, "back_day"),
    ],
)
def test_its_days_fit(worker: Client, session: Session, sent: dict[str, Any], code: str) -> None:
    assert refused(say(worker, **sent)) == (422, code)
    assert row(session).presence is PresenceState.HOME


def test_nobody_says_it_of_his_own_home(worker: Client, session: Session) -> None:
    """Who is away is not visited: whether one's own mother is, somebody else says."""
    session.get_one(User, person("worker").user_id).resident_id = write_resident(session)
    session.commit()

    assert [refused(one) for one in (say(worker), say_of_home(worker))] == [(403, "own_household")] * 2


def test_it_is_for_workers_and_admins_of_the_area(be: Become) -> None:
    statuses = {who: say(be(who)).status_code for who in ("lead", "resident", "county", "far_worker")}

    assert statuses == {"lead": 403, "resident": 403, "county": 403, "far_worker": 404}


def test_of_a_child_a_reader_without_leave_learns_no_more_than_that_it_changed(
    worker: Client, session: Session
) -> None:
    answer = say(worker, write_child(session))

    assert answer.status_code == 200
    assert (answer.json["kind"], answer.json["after"], answer.json["reason"]) == ("presence", None, None)


def test_what_is_put_right_or_ends_leaves_no_expected_day(
    worker: Client, admin: Client, resident: Client, session: Session
) -> None:
    """There is one word on where somebody is: a correction, and an end of residence, take the other away."""
    back_on = (TODAY + timedelta(days=9)).isoformat()
    say(worker, back_on=back_on)
    decide(admin, asked(resident, "presence", "home"), note="问过本人")
    assert (row(session).presence, row(session).back_on) == (PresenceState.HOME, None)
    assert refused(say(worker, new_id())) == (404, "not_found")

    say(worker, back_on=back_on)
    assert leave(admin).status_code == 200
    assert row(session).back_on is None
    assert refused(say(worker)) == (409, "resident_left")
