"""A hazard is given to a unit of which one stands in: he starts, also what was taken from them since."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import set_to
from app.models import Grant, Hazard, HazardSource, HazardStatus, Unit
from tests.client import Client
from tests.hazard_world import Take, done, refused, write_hazard, write_unit
from tests.plan_world import MORNING, NEXT_GRID, away
from tests.plans.test_hazards_standing_in import (
    ADMIN,
    AFTERWARDS,
    COLLEAGUE,
    LAST_EVENING,
    LEAD,
    WORKER,
    late,
    taken_back,
)

pytestmark = pytest.mark.usefixtures("colleague_of_any_home", "next_grid")


@pytest.fixture
def hazard(session: Session) -> Hazard:
    """Give one that waits to be given out in the grid of ``worker``, where the colleague has no post."""
    with set_to(MORNING):
        known = {"source": HazardSource.STAFF, "reported_by": WORKER, "controls": "拉警戒线"}
        return write_hazard(session, HazardStatus.ACCEPTED, **known)


def test_a_unit_of_which_one_stands_in_gets_it_and_he_starts(
    session: Session, admin: Client, colleague: Client, take: Take, hazard: Hazard
) -> None:
    """He finds it as his own before, and it goes back once he stands in there no more."""
    unit = write_unit(session, COLLEAGUE)
    sent = {"unit_id": str(unit.id)}
    with set_to(MORNING):
        shut = refused(take("admin", hazard, "assign", **sent))
    away(admin, 0, 1)
    with set_to(MORNING):
        given = take("admin", hazard, "assign", **sent)
        stays = taken_back(session)
        today = colleague.get("/v1/me/today").json
        (day,) = today["hazards"]
        (mine,) = colleague.get("/v1/hazards?assignee=me").json["items"]
        one = colleague.get(f"/v1/hazards/{hazard.id}").json
        place = colleague.get(f"/v1/places/{hazard.place_id}")
    with set_to(AFTERWARDS):
        gone = colleague.get(f"/v1/hazards/{hazard.id}")
        refused_late = refused(take("colleague", hazard, "start"))
        goes = taken_back(session)
    with set_to(MORNING):
        done(take("admin", hazard, "assign", **sent))
        started = done(take("colleague", hazard, "start"))

    assert (shut, given.status_code, stays, goes) == ((422, "unit_unfit"), 200, 0, 1)
    assert place.status_code == 200
    assert str(hazard.place_id) in {one["id"] for one in today["places"]}, "he works a day without a network"
    for seen in (day, one):
        assert (seen["id"], seen["controls"]) == (str(hazard.id), "拉警戒线")
        assert {"start", "ask_extension"} <= set(seen["allowed"])
    assert mine["id"] == str(hazard.id)
    assert (gone.status_code, refused_late) == (404, (404, "not_found"))
    assert started["assignee_id"] == str(COLLEAGUE)


def test_who_is_of_no_unit_there_reads_and_starts_nothing_of_it(
    session: Session, admin: Client, colleague: Client, take: Take, hazard: Hazard
) -> None:
    away(admin, 0, 1)
    unit = write_unit(session, ADMIN)
    with set_to(MORNING):
        done(take("admin", hazard, "assign", unit_id=str(unit.id)))
        read = colleague.get(f"/v1/hazards/{hazard.id}")

    assert read.status_code == 404
    assert refused(take("colleague", hazard, "start")) == (404, "not_found")


@pytest.mark.parametrize("how", ["all lost their posts", "it changed", "given to another", "it ended"])
def test_what_one_of_a_unit_did_before_it_was_taken_from_it_is_taken_later(
    session: Session, admin: Client, take: Take, hazard: Hazard, how: str
) -> None:
    session.execute(update(Grant).where(Grant.user_id == COLLEAGUE).values(area_code=hazard.area_code))
    unit = write_unit(session, COLLEAGUE)
    with set_to(MORNING):
        done(take("admin", hazard, "assign", unit_id=str(unit.id)))
    with set_to(AFTERWARDS):
        if how == "given to another":
            moved = {"assignee_id": str(WORKER), "former_id": str(unit.id), "note": "换人"}
            done(take("admin", hazard, "assign", **moved))
        else:
            lose(session, admin, unit, how)
            assert taken_back(session) == 1
    after = late(take, hazard, "start", AFTERWARDS + timedelta(minutes=1))
    another = refused_of(take, hazard)
    begun = late(take, hazard, "start", LAST_EVENING - timedelta(hours=1))
    ended = late(take, hazard, "rectify", LAST_EVENING, note="搬走了")

    assert refused(after)[1] in {"not_assignee", "illegal_step", "not_found"}
    assert another == (403 if how == "given to another" else 409)
    assert (done(begun)["assignee_id"], done(ended)["status"]) == (
        str(WORKER) if how == "given to another" else None,
        "rectified",
    )


def lose(session: Session, admin: Client, unit: Unit, how: str) -> None:
    """Let a unit of the colleague lose what it had."""
    if how == "all lost their posts":
        moved = update(Grant).where(Grant.user_id == COLLEAGUE)
        session.execute(moved.values(area_code=NEXT_GRID))
        session.commit()
        return
    change: dict[str, Any] = {"name": "维修班", "member_ids": [str(COLLEAGUE)], "ended": True}
    if how == "it changed":
        session.execute(update(Grant).where(Grant.user_id == LEAD).values(area_code=NEXT_GRID))
        session.commit()
        change |= {"member_ids": [str(LEAD)], "ended": False}
    answer = admin.step(f"/v1/units/{unit.id}/change", change)
    assert answer.status_code == 200, answer.text


def refused_of(take: Take, hazard: Hazard) -> int:
    """Say how somebody is refused who was not of the unit."""
    with set_to(AFTERWARDS):
        return take("admin", hazard, "start", captured_at=LAST_EVENING.isoformat()).status_code
