"""Hazards that prove to be major after they were reported, over HTTP."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Hazard, HazardLevel, HazardSource, HazardStatus, Notice, NoticeKind
from tests.cast import person
from tests.client import Client
from tests.hazard_world import (
    FIVE_FIXED,
    Take,
    done,
    of_item,
    refused,
    write_checklist,
    write_hazard,
    write_unit,
)

Be = Callable[[str], Client]
A_DAY = timedelta(hours=24)
MAJOR = HazardLevel.MAJOR


@pytest.fixture
def take(be: Be) -> Take:
    return Take(be)


@pytest.fixture
def major(session: Session) -> Hazard:
    """Give what an inspection found broken of an item that is major."""
    of = of_item(write_checklist(session), 2)
    return write_hazard(session, source=HazardSource.INSPECTION, level=MAJOR, reported_by=None, **of)


def merge(take: Take, hazard: Hazard, kept: Hazard) -> dict[str, Any]:
    return done(take("admin", hazard, "duplicate", duplicate_of_id=str(kept.id)))


def alarms(session: Session, name: str) -> list[tuple[str, Any]]:
    """Give the steps of the alarms of somebody, and by when controls must stand."""
    which = (Notice.user_id == person(name).user_id, Notice.kind == NoticeKind.HAZARD_ALARM)
    rows = session.scalars(select(Notice).where(*which).order_by(Notice.id))
    return [(row.data["step"], row.data.get("controls_by")) for row in rows]


@pytest.mark.parametrize("status", ["accepted", "assigned", "transferred"])
def test_what_a_major_report_is_merged_into_becomes_major_with_its_controls(
    be: Be, session: Session, take: Take, major: Hazard, status: str
) -> None:
    """No admin alone ends a major hazard by calling it one more report of a general one."""
    kept = write_hazard(session, HazardStatus(status))
    before = now()
    merge(take, major, kept)
    shown = be("admin").get(f"/v1/hazards/{kept.id}").json
    until = datetime.fromisoformat(shown["controls_due_at"])

    assert (shown["level"], shown["status"]) == ("major", status)
    assert before + A_DAY <= until <= now() + A_DAY
    assert [(one["step"], one["data"]) for one in shown["events"]] == [
        ("raise_level", {"level": "major", "merged_id": str(major.id)})
    ]
    assert alarms(session, "county") == [("raise_level", shown["controls_due_at"])]
    assert ("report_controls" in shown["allowed"]) is True
    session.refresh(kept)
    assert kept.alarm_at is not None
    assert kept.alarm_at <= until


def test_one_that_waits_to_be_accepted_is_major_from_then_on(
    session: Session, take: Take, major: Hazard
) -> None:
    kept = write_hazard(session)
    merge(take, major, kept)
    session.refresh(kept)
    waits = (kept.level, kept.controls_due_at)
    lowered = take("admin", kept, "accept", level="general")
    rejected = take("admin", kept, "reject", reason="没有")
    accepted = done(take("admin", kept, "accept"))

    assert waits == (MAJOR, None)
    assert (refused(lowered), refused(rejected)) == ((403, "level_kept"), (403, "major_rejected"))
    assert accepted["controls_due_at"] is not None
    assert [step for step, _ in alarms(session, "county")] == ["raise_level", "accept"]


def test_by_way_of_another_it_is_major_too(session: Session, take: Take, major: Hazard) -> None:
    middle, kept = write_hazard(session), write_hazard(session, HazardStatus.ACCEPTED)
    merge(take, major, middle)
    merge(take, middle, kept)
    session.refresh(kept)

    assert kept.level is MAJOR


def test_who_works_on_it_without_five_fixed_items_starts_anew_with_them(
    session: Session, take: Take, major: Hazard
) -> None:
    kept = write_hazard(session, HazardStatus.RECTIFYING, asked_due_at=now() + timedelta(days=9))
    merge(take, major, kept)
    session.refresh(kept)
    back = (kept.status, kept.assignee_id, kept.asked_due_at)
    bare = take("worker", kept, "start")
    done(take("worker", kept, "start", five_fixed=FIVE_FIXED))

    assert back == (HazardStatus.ASSIGNED, person("worker").user_id, None)
    assert refused(bare) == (422, "incomplete_five_fixed")
    assert [step for step, _ in alarms(session, "worker")] == ["raise_level"]


def test_who_fixed_the_five_items_works_on(session: Session, take: Take, major: Hazard) -> None:
    kept = write_hazard(session, HazardStatus.RECTIFYING, five_fixed=FIVE_FIXED)
    merge(take, major, kept)
    session.refresh(kept)

    assert (kept.status, kept.level) == (HazardStatus.RECTIFYING, MAJOR)


def test_of_a_unit_whoever_starts_fixes_them(session: Session, take: Take, major: Hazard) -> None:
    unit = write_unit(session)
    kept = write_hazard(session, HazardStatus.RECTIFYING, unit_id=unit.id)
    merge(take, major, kept)
    done(take("colleague", kept, "start", five_fixed=FIVE_FIXED))
    session.refresh(kept)

    assert kept.assignee_id == person("colleague").user_id


@pytest.mark.parametrize("status", ["rectified", "verified", "closed"])
def test_it_is_merged_into_no_general_one_that_was_put_right(
    session: Session, take: Take, major: Hazard, status: str
) -> None:
    ended = {"ended_at": now()} if status == "closed" else {}
    kept = write_hazard(session, HazardStatus(status), **ended)
    answer = take("admin", major, "duplicate", duplicate_of_id=str(kept.id))
    session.refresh(kept)

    assert (refused(answer), list(answer.json["errors"])) == ((409, "kept_general"), ["duplicate_of_id"])
    assert answer.json["title"] == "那一条是一般隐患，已经整改，请把这一条按重大隐患受理"
    assert (kept.level, kept.status) == (HazardLevel.GENERAL, HazardStatus(status))
    assert done(take("admin", major, "accept"))["level"] == "major"


@pytest.mark.parametrize(
    "level, kept_level", [("general", "general"), ("major", "major"), ("general", "major")]
)
def test_any_other_merge_leaves_the_level_as_it_is(
    be: Be, session: Session, take: Take, level: str, kept_level: str
) -> None:
    hazard = write_hazard(session, level=HazardLevel(level))
    kept = write_hazard(session, HazardStatus.RECTIFIED, level=HazardLevel(kept_level))
    merge(take, hazard, kept)
    shown = be("admin").get(f"/v1/hazards/{kept.id}").json

    assert (shown["level"], shown["events"], alarms(session, "county")) == (kept_level, [], [])
