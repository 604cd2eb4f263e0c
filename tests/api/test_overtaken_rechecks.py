"""A recheck that arrives after a newer sighting does not close the hazard over it, and is not lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.hazards.clocks import Clocks
from app.ids import new_id
from app.models import (
    Checklist,
    ClockFlag,
    Hazard,
    HazardEvent,
    HazardLevel,
    HazardSource,
    HazardStatus,
    HazardStep,
    Notice,
    NoticeKind,
    PhotoLink,
)
from tests.api.codes.page import receipt
from tests.cast import person
from tests.client import Client
from tests.exports.ledger_world import taken
from tests.hazard_world import (
    Take,
    count,
    done,
    file,
    inspection_body,
    of_item,
    problem,
    write_code,
    write_hazard,
)
from tests.own_data.closing import close
from tests.own_data.life import Life

Be = Callable[[str], Client]
BEFORE = timedelta(days=9)


def ago(days: float) -> str:
    return (now() - timedelta(days=days)).isoformat()


def put_right(session: Session, **more: Any) -> Hazard:
    """Write a hazard that a worker put right nine days ago."""
    then = now() - BEFORE
    hazard = write_hazard(session, HazardStatus.RECTIFIED, captured_at=then, received_at=then, **more)
    Life(session).own(
        HazardEvent,
        hazard_id=hazard.id,
        number=1,
        step=HazardStep.RECTIFY,
        status_after=HazardStatus.RECTIFIED,
        at=then,
    )
    session.commit()
    return hazard


def found_again(be: Be, checklist: Checklist, *, days: float) -> None:
    """File what a worker saw so long ago, on a phone without a signal."""
    body = inspection_body(checklist, _1=problem("又堆上了"))
    answer = file(be("worker"), body | {"captured_at": ago(days)})
    assert answer.status_code == 201, answer.text


def asked(session: Session, hazard: Hazard, step: str) -> set[UUID]:
    query = select(Notice).where(Notice.kind == NoticeKind.HAZARD_MATTER)
    about = {"hazard_id": str(hazard.id), "step": step}
    return {one.user_id for one in session.scalars(query) if about.items() <= one.data.items()}


def test_a_recheck_before_a_newer_finding_is_kept_and_somebody_looks_again(
    app: Flask, be: Be, session: Session, take: Take, checklist: Checklist
) -> None:
    hazard = put_right(session, **of_item(checklist, 1))
    found_again(be, checklist, days=2)
    late: dict[str, Any] = {
        "passed": True,
        "note": "已清空",
        "photo_ids": [str(new_id())],
        "captured_at": ago(4),
    }
    late["step_id"] = str(new_id())
    kept = done(take("colleague", hazard, "verify", **late))
    again = done(take("colleague", hazard, "verify", **late))

    assert (kept["status"], kept["ended_at"], kept["recurrences"]) == ("rectified", None, 1)
    event = kept["events"][-1]
    assert (event["step"], event["status_after"], event["note"]) == ("recheck_late", "rectified", "已清空")
    assert datetime.fromisoformat(event["data"]["found_again_at"]) - now() < timedelta(days=-1)
    assert len(event["photos"]) == count(session, PhotoLink) == 1
    assert again == kept
    assert person("colleague").user_id in asked(session, hazard, "recheck_late")
    assert taken(app, session, be("admin"))[0]["复查结果"] == ""

    closed = done(take("colleague", hazard, "verify", passed=True))
    assert (closed["status"], [one["step"] for one in closed["events"]]) == (
        "closed",
        ["rectify", "recur", "recheck_late", "verify", "close"],
    )


@pytest.mark.parametrize("days, status", [(4, "rectified"), (1, "closed")])
def test_a_report_that_was_merged_is_such_a_sighting(
    session: Session, take: Take, days: int, status: str
) -> None:
    hazard = put_right(session)
    seen = now() - timedelta(days=2)
    report = write_hazard(session, captured_at=seen, received_at=seen)
    done(take("admin", report, "duplicate", duplicate_of_id=str(hazard.id)))

    assert done(take("colleague", hazard, "verify", passed=True, captured_at=ago(days)))["status"] == status


def test_what_was_found_before_the_recheck_does_not_hold_it_up(
    be: Be, session: Session, take: Take, checklist: Checklist
) -> None:
    hazard = put_right(session, **of_item(checklist, 1))
    found_again(be, checklist, days=4)

    assert done(take("colleague", hazard, "verify", passed=True, captured_at=ago(2)))["status"] == "closed"


def test_the_county_does_not_close_a_major_one_over_a_newer_finding(
    be: Be, session: Session, take: Take, checklist: Checklist
) -> None:
    """Nor is its reporter told that it passed."""
    hazard = put_right(session, level=HazardLevel.MAJOR, **of_item(checklist, 1))
    done(take("colleague", hazard, "verify", passed=True, captured_at=ago(5)))
    found_again(be, checklist, days=2)
    told = select(Notice.id).where(Notice.kind == NoticeKind.HAZARD_STEP)
    before = session.scalars(told).all()
    kept = done(take("county", hazard, "close", passed=True, captured_at=ago(4)))

    assert (kept["status"], kept["ended_at"]) == ("verified", None)
    assert session.scalars(told).all() == before
    assert person("county").user_id in asked(session, hazard, "recheck_late")
    assert done(take("county", hazard, "close", passed=True))["status"] == "closed"


def test_a_second_late_one_does_not_close_it_either(
    be: Be, session: Session, take: Take, checklist: Checklist
) -> None:
    """What was kept of the first is no recheck that goes before it."""
    hazard = put_right(session, level=HazardLevel.MAJOR, **of_item(checklist, 1))
    done(take("colleague", hazard, "verify", passed=True, captured_at=ago(5)))
    found_again(be, checklist, days=1)
    done(take("county", hazard, "close", passed=True, captured_at=ago(2)))
    second = done(take("county", hazard, "close", passed=True, captured_at=ago(4)))

    assert second["status"] == "verified"
    assert [(one["step"], one["clock_flag"]) for one in second["events"]][-2:] == [("recheck_late", "ok")] * 2


@pytest.mark.parametrize(
    "days, flag, status",
    [(8, "stale", "rectified"), (20, "stale", "rectified"), (-1, "future", "closed"), (None, None, "closed")],
)
def test_one_whose_clock_is_behind_may_be_of_any_time_since_the_work(
    be: Be,
    session: Session,
    take: Take,
    checklist: Checklist,
    days: float | None,
    flag: str | None,
    status: str,
) -> None:
    """One that says no time, or one ahead, is of when it arrives."""
    hazard = put_right(session, **of_item(checklist, 1))
    found_again(be, checklist, days=2)
    late = {} if days is None else {"captured_at": ago(days)}
    kept = done(take("colleague", hazard, "verify", passed=True, **late))

    assert (kept["status"], kept["events"][2]["clock_flag"]) == (status, flag)


@pytest.mark.parametrize("found", [{"passed": True}, {"passed": False, "note": "还堆着"}])
@pytest.mark.parametrize("days", [4, 2.0005])
def test_a_recheck_of_earlier_work_decides_nothing_of_the_later(
    session: Session, take: Take, found: dict[str, Any], days: float
) -> None:
    """Whoever looked before the second work was done saw the first: also where it was a minute before."""
    hazard = put_right(session, recheck_failures=1)
    second = now() - timedelta(days=2)
    Life(session).own(
        HazardEvent,
        hazard_id=hazard.id,
        number=2,
        step=HazardStep.RECTIFY,
        status_after=HazardStatus.RECTIFIED,
        at=second,
    )
    session.commit()

    kept = done(take("colleague", hazard, "verify", **found, captured_at=ago(days)))

    assert (kept["status"], kept["recheck_failures"], kept["ended_at"]) == ("rectified", 1, None)
    event = kept["events"][-1]
    assert (event["step"], event["data"]["put_right_at"]) == ("recheck_late", second.isoformat())
    assert person("colleague").user_id in asked(session, hazard, "recheck_late")


def test_a_recheck_of_a_clock_that_is_ahead_ends_a_hazard_when_it_arrives(
    session: Session, take: Take
) -> None:
    closed = done(take("colleague", put_right(session), "verify", passed=True, captured_at=ago(-0.002)))

    assert closed["status"] == "closed"
    assert datetime.fromisoformat(closed["ended_at"]) <= now()


def test_a_clock_that_is_a_little_behind_puts_nothing_before_what_went_before() -> None:
    since = now() - timedelta(hours=1)
    clocks = Clocks(now(), captured_at=since - timedelta(minutes=3), since=since)

    assert (clocks.flag, clocks.happened_at) == (ClockFlag.OK, since)


def test_whoever_reported_it_reads_nothing_of_a_recheck_that_passed(
    app: Flask, be: Be, session: Session, take: Take, checklist: Checklist, visitor: Client
) -> None:
    hazard = put_right(session, source=HazardSource.VISITOR, reported_by=None, **of_item(checklist, 1))
    code = write_code(session, app)
    before = receipt(visitor, code, hazard.id)
    found_again(be, checklist, days=2)
    done(take("colleague", hazard, "verify", passed=True, captured_at=ago(4)))

    assert receipt(visitor, code, hazard.id) == before


def test_a_report_of_somebody_who_left_is_a_sighting_still(
    app: Flask, be: Be, session: Session, take: Take
) -> None:
    hazard = put_right(session, reported_by=None)
    seen = now() - timedelta(days=2)
    report = write_hazard(session, captured_at=seen, received_at=seen)
    done(take("admin", report, "duplicate", duplicate_of_id=str(hazard.id)))
    close(app, session, be("resident"))
    kept = done(take("colleague", hazard, "verify", passed=True, captured_at=ago(4)))

    assert kept["events"][-1]["step"] == "recheck_late"


def test_a_report_of_a_clock_that_is_ahead_is_no_later_than_it_arrived(session: Session, take: Take) -> None:
    hazard = put_right(session, reported_by=None)
    seen = now() - timedelta(days=2)
    ahead: dict[str, Any] = {"captured_at": seen + timedelta(minutes=4), "received_at": seen}
    report = write_hazard(session, **ahead)
    done(take("admin", report, "duplicate", duplicate_of_id=str(hazard.id)))
    between = (seen + timedelta(minutes=2)).isoformat()

    assert done(take("colleague", hazard, "verify", passed=True, captured_at=between))["status"] == "closed"
