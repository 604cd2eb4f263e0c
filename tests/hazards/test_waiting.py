"""Hazards that lie until somebody gives them out, rechecks or closes them: who is told, and how often."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now, set_to
from app.hazards import (
    MAJOR_WAITS_AT_MOST,
    WAITS_AT_MOST,
    tell_unchecked,
    tell_unclosed,
    tell_waiting,
    unassign,
)
from app.models import Grant, Hazard, HazardLevel, HazardStatus, Notice, NoticeKind
from app.notices.words import text_of
from tests.care_world import move_in
from tests.cast import HOME, NEXT, named, person
from tests.hazard_world import write_hazard

START = datetime(2031, 3, 3, 0, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
A_MOMENT = timedelta(seconds=1)
MATTER = NoticeKind.HAZARD_MATTER
BEHIND = "1单元101堆了很多纸箱"
Step = Callable[..., tuple[int, str | None]]


@pytest.fixture(autouse=True)
def _nothing_else_waits(session: Session) -> None:
    session.execute(update(Hazard).values(waiting_told_on=(START + 99 * A_DAY).date()))
    session.commit()


def lies(session: Session, status: HazardStatus = HazardStatus.REPORTED, **more: Any) -> Hazard:
    return write_hazard(session, status, **({"received_at": START} | more))


def look(session: Session, after: timedelta, step: Step = tell_waiting, *, limit: int = 200) -> int:
    """Do what the job does: every community, one after the other."""
    done, code = 0, None
    with set_to(START + after):
        while True:
            count, code = step(session, limit=limit, after=code)
            session.commit()
            done += count
            if code is None:
                return done


def told(
    session: Session, name: str, kind: NoticeKind = NoticeKind.HAZARD_UNASSIGNED
) -> list[dict[str, Any]]:
    which = (Notice.user_id == person(name).user_id, Notice.kind == kind)
    return [row.data for row in session.scalars(select(Notice).where(*which).order_by(Notice.id))]


def test_admins_are_told_once_a_day_how_much_waits_too_long(session: Session) -> None:
    waiting = [lies(session), lies(session, HazardStatus.ACCEPTED)]
    lies(session, HazardStatus.ASSIGNED)
    lies(session, received_at=START + A_DAY)
    lies(session, area_code=NEXT, place_id=named("next_block"))

    looks = [look(session, WAITS_AT_MOST + one) for one in (-A_MOMENT, A_MOMENT, 2 * A_MOMENT)]
    (data,) = told(session, "admin")

    assert looks == [0, 3, 0]
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


def test_nobody_is_told_of_what_waits_behind_his_own_door(session: Session) -> None:
    """The admin of the rest; of that the county, which learns that nobody decides."""
    hers, others = lies(session, text=BEHIND), lies(session)
    move_in(session, "admin")
    assert look(session, WAITS_AT_MOST + A_MOMENT) == 2

    (of_admin,), (of_county,) = told(session, "admin"), told(session, "county")
    assert (of_admin["what"], of_admin["hazard_ids"]) == ("waiting", [str(others.id)])
    assert (of_county["what"], of_county["hazard_ids"]) == ("nobody_decides", [str(hers.id)])


def test_whoever_put_it_right_is_not_reminded_to_recheck_it(session: Session) -> None:
    """All others who may recheck are, the workers of the grid as well."""
    lies(session, HazardStatus.RECTIFIED, rectified_by=person("admin").user_id)
    assert look(session, WAITS_AT_MOST + A_MOMENT, tell_unchecked) == 1

    assert told(session, "admin", MATTER) == []
    assert [one["what"] for one in told(session, "worker", MATTER)] == ["unchecked"]
    assert [one["what"] for one in told(session, "colleague", MATTER)] == ["unchecked"]


def test_the_county_is_reminded_of_a_major_one_that_waits_to_be_closed(session: Session) -> None:
    lies(session, HazardStatus.VERIFIED, level=HazardLevel.MAJOR)
    looks = [look(session, MAJOR_WAITS_AT_MOST + spent, tell_unclosed) for spent in (A_MOMENT, 2 * A_MOMENT)]
    (data,) = told(session, "county", MATTER)

    assert looks == [1, 0]
    assert (data["what"], data["count"]) == ("unclosed", 1)
    assert text_of(MATTER, data) == "重大隐患等县里复核很久了，请复核"
    assert told(session, "admin", MATTER) == []


def test_what_was_taken_back_and_told_is_not_told_again_the_same_morning(session: Session) -> None:
    lies(session, HazardStatus.ASSIGNED, assignee_id=person("neighbour").user_id)
    with set_to(START + 9 * A_DAY):
        unassign(session, limit=10)
        session.commit()

    assert look(session, 9 * A_DAY + A_MOMENT) == 0
    assert look(session, 10 * A_DAY + A_MOMENT) == 1
    assert [one.get("what") for one in told(session, "admin")] == [None, "waiting"]
