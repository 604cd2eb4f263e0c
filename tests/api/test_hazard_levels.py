"""Hazards that prove to be major after they were reported, over HTTP."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Checklist,
    HarmCase,
    Hazard,
    HazardLevel,
    HazardSource,
    HazardStatus,
    Notice,
    NoticeKind,
)
from tests.cast import person
from tests.client import Client
from tests.hazard_world import (
    CODES,
    FIVE_FIXED,
    Take,
    done,
    file,
    inspection_body,
    of_item,
    problem,
    refused,
    write_checklist,
    write_hazard,
    write_unit,
)

Be = Callable[[str], Client]
A_DAY = timedelta(hours=24)
MAJOR = HazardLevel.MAJOR


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


def newer(session: Session, older: Checklist) -> Checklist:
    """Write the next version of a list, which has its first item as the second, and calls it major."""
    codes = [CODES[1], CODES[0], CODES[2]]
    return write_checklist(session, codes=codes, code=older.code, version=2)


def find(be: Be, checklist: Checklist, **more: Any) -> dict[str, Any]:
    """File an inspection that finds that item broken; give its answer."""
    place = next(item.position for item in checklist.items if item.code == CODES[0])
    filed = file(be("worker"), inspection_body(checklist, **{f"_{place}": problem()}, **more))
    assert filed.status_code == 201, filed.text
    answer: dict[str, Any] = filed.json["answers"][place - 1]
    return answer


@pytest.mark.parametrize(
    "status, after",
    [
        ("reported", "reported"),
        ("accepted", "accepted"),
        ("assigned", "assigned"),
        ("rectifying", "assigned"),
        ("rectified", "rectified"),
    ],
)
def test_what_a_newer_version_calls_major_is_major_once_it_is_found_again(
    be: Be, session: Session, checklist: Checklist, status: str, after: str
) -> None:
    kept = write_hazard(session, HazardStatus(status), **of_item(checklist, 1))
    answers = [find(be, newer(session, checklist)), find(be, checklist)]
    shown = be("admin").get(f"/v1/hazards/{kept.id}").json

    assert {one["hazard_id"] for one in answers} == {str(kept.id)}
    assert (shown["level"], shown["status"]) == ("major", after)
    assert [one["step"] for one in shown["events"]] == ["recur", "raise_level", "recur"]
    assert (shown["controls_due_at"] is not None) == (status not in {"reported", "rectified"})
    assert [step for step, _ in alarms(session, "county")] == ["raise_level"]
    assert [step for step, _ in alarms(session, "admin")] == ["raise_level"]


def test_found_wanting_after_that_it_has_its_controls_and_five_fixed_items(
    be: Be, session: Session, take: Take, checklist: Checklist
) -> None:
    """It was put right as a general one; the county closes it all the same."""
    kept = write_hazard(session, HazardStatus.RECTIFIED, **of_item(checklist, 1))
    find(be, newer(session, checklist))
    back = done(take("colleague", kept, "verify", passed=False, note="还堆着"))
    bare = take("worker", kept, "start")

    assert (back["status"], back["controls_due_at"] is not None) == ("assigned", True)
    assert refused(bare) == (422, "incomplete_five_fixed")


def test_passed_after_that_it_waits_for_the_county(
    be: Be, session: Session, take: Take, checklist: Checklist
) -> None:
    kept = write_hazard(session, HazardStatus.RECTIFIED, **of_item(checklist, 1))
    find(be, newer(session, checklist))

    assert done(take("colleague", kept, "verify", passed=True))["status"] == "verified"


@pytest.mark.parametrize("came_in", ["major", "raised", "merged"])
def test_what_the_county_made_general_stays_so(
    be: Be, session: Session, take: Take, checklist: Checklist, came_in: str
) -> None:
    second = newer(session, checklist)
    if came_in == "merged":
        kept = write_hazard(session)
        one = write_hazard(session, source=HazardSource.INSPECTION, level=MAJOR, **of_item(second, 2))
        merge(take, one, kept)
    else:
        which, level = (
            (of_item(second, 2), MAJOR)
            if came_in == "major"
            else (of_item(checklist, 1), HazardLevel.GENERAL)
        )
        kept = write_hazard(session, level=level, **which)
        find(be, second)
    done(take("county", kept, "accept", level="general"))
    answer = find(be, second)
    session.refresh(kept)

    assert (answer["hazard_id"], kept.level) == (str(kept.id), HazardLevel.GENERAL)


@pytest.mark.parametrize("level", ["general", "major"])
def test_what_is_major_and_arrives_late_joins_no_general_one_that_was_closed(
    be: Be, session: Session, checklist: Checklist, level: str
) -> None:
    """The county never looked at it."""
    closed = write_hazard(
        session,
        HazardStatus.CLOSED,
        level=HazardLevel(level),
        ended_at=now() - timedelta(days=1),
        **of_item(checklist, 1),
    )
    at = (now() - timedelta(days=3)).isoformat()
    answer = find(be, newer(session, checklist), captured_at=at)
    found = session.get_one(Hazard, answer["hazard_id"])

    assert (found.id == closed.id) is (level == "major")
    assert found.level is MAJOR
    assert found.came_back is False


@pytest.mark.parametrize("name", ["admin", "county"])
def test_what_proves_to_be_worse_is_made_major_with_a_reason(session: Session, take: Take, name: str) -> None:
    """Whoever works on it starts anew with the five items, and its controls have a day."""
    row = write_hazard(session, HazardStatus.RECTIFYING, asked_due_at=now() + A_DAY)
    before = now()
    shown = done(take(name, row, "raise-level", reason="裂缝变大了"))
    again = take(name, row, "raise-level", reason="还在变大")

    assert (shown["level"], shown["status"], shown["asked_due_at"]) == ("major", "assigned", None)
    assert datetime.fromisoformat(shown["controls_due_at"]) >= before + A_DAY
    last = shown["events"][-1]
    assert (last["step"], last["note"], last["data"]) == ("raise_level", "裂缝变大了", {"level": "major"})
    assert refused(again) == (409, "major_already")
    assert refused(take("worker", row, "start")) == (422, "incomplete_five_fixed")
    assert [step for step, _ in alarms(session, "worker")] == ["raise_level"]
    told = {"admin": "county", "county": "admin"}[name]
    assert [step for step, _ in alarms(session, told)] == ["raise_level"]
    assert alarms(session, name) == []


def test_it_is_offered_for_what_was_accepted_as_general(be: Be, session: Session) -> None:
    offered = {
        (level, status.value)
        for level in ("general", "major")
        for status in HazardStatus
        if "raise_level"
        in be("admin").get(f"/v1/hazards/{write_hazard(session, status, level=level).id}").json["allowed"]
    }

    assert offered == {
        ("general", status) for status in ("accepted", "assigned", "rectifying", "rectified", "transferred")
    }


def test_the_reason_is_watched_for_harm_as_the_words_of_other_steps(session: Session, take: Take) -> None:
    """S-98: the admin wrote it, and a case is opened."""
    done(
        take(
            "admin",
            write_hazard(session, HazardStatus.ASSIGNED),
            "raise-level",
            reason="天天打孩子，哭得厉害",
        )
    )

    assert session.scalar(select(func.count(HarmCase.id))) == 1
