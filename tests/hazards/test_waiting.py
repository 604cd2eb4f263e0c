"""Hazards that lie until somebody accepts them or gives them out: who is told, and how often."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now, set_to
from app.hazards import MAJOR_WAITS_AT_MOST, WAITS_AT_MOST, tell_waiting
from app.models import Grant, Hazard, HazardStatus, Notice, NoticeKind
from app.notices.words import text_of
from tests.cast import HOME, NEXT, named, person
from tests.hazard_world import write_hazard

START = datetime(2031, 3, 3, 0, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
A_MOMENT = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _nothing_else_waits(session: Session) -> None:
    session.execute(update(Hazard).values(waiting_told_on=(START + 99 * A_DAY).date()))
    session.commit()


def lies(session: Session, status: HazardStatus = HazardStatus.REPORTED, **more: Any) -> Hazard:
    return write_hazard(session, status, **({"received_at": START} | more))


def look(session: Session, after: timedelta) -> int:
    with set_to(START + after):
        told = tell_waiting(session, limit=200)
        session.commit()
    return told


def told(session: Session, name: str) -> list[dict[str, Any]]:
    which = (Notice.user_id == person(name).user_id, Notice.kind == NoticeKind.HAZARD_UNASSIGNED)
    return [row.data for row in session.scalars(select(Notice).where(*which).order_by(Notice.id))]


def test_admins_are_told_once_a_day_how_much_waits_too_long(session: Session) -> None:
    waiting = [lies(session), lies(session, HazardStatus.ACCEPTED)]
    lies(session, HazardStatus.ASSIGNED)
    lies(session, received_at=START + A_DAY)
    lies(session, area_code=NEXT, place_id=named("next_block"))

    looks = [look(session, WAITS_AT_MOST + one) for one in (-A_MOMENT, A_MOMENT, 2 * A_MOMENT)]
    (data,) = told(session, "admin")

    assert looks == [0, 2, 0]
    assert (data["count"], set(data["hazard_ids"])) == (2, {str(one.id) for one in waiting})
    assert text_of(NoticeKind.HAZARD_UNASSIGNED, data) == "有隐患等了很久，请受理或派人"
    assert [one["count"] for one in told(session, "next_admin")] == [1]
    look(session, WAITS_AT_MOST + A_DAY + A_MOMENT)
    assert [one["count"] for one in told(session, "admin")] == [2, 3]


def test_a_major_one_waits_half_as_long(session: Session) -> None:
    lies(session, level="major")

    assert look(session, MAJOR_WAITS_AT_MOST) == 0
    assert look(session, MAJOR_WAITS_AT_MOST + A_MOMENT) == 1


def test_where_there_is_no_admin_the_county_is_told_that_nobody_decides(session: Session) -> None:
    lies(session)
    admins = (Grant.role == Role.COMMUNITY_ADMIN, Grant.area_code == HOME)
    session.execute(update(Grant).where(*admins).values(ended_at=now()))
    look(session, WAITS_AT_MOST + A_MOMENT)

    assert [(one["what"], one["count"]) for one in told(session, "county")] == [("nobody_decides", 1)]
    assert told(session, "admin") == []
