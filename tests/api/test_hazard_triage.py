"""Triage and assignment of hazards over HTTP, with deadlines in working days."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import business_day, now, set_to
from app.ids import new_id
from app.models import (
    Grant,
    Hazard,
    HazardCategory,
    HazardLevel,
    HazardSource,
    HazardStatus,
    User,
)
from tests.cast import FAR, GRID, HOME, NEXT, named, person
from tests.client import Answer, Client
from tests.hazard_world import Take, done, of_item, refused, write_checklist, write_hazard
from tests.own_data.closing import close

Be = Callable[[str], Client]
WORKER = str(person("worker").user_id)


def test_accepting_keeps_what_it_does_not_correct(session: Session, take: Take) -> None:
    hazard = write_hazard(
        session, source=HazardSource.STAFF, level=HazardLevel.MAJOR, category=HazardCategory.TRAFFIC
    )

    shown = done(take("admin", hazard, "accept"))

    assert (shown["level"], shown["category"]) == ("major", "traffic")
    assert shown["events"][0]["data"] == {"level": "major", "category": "traffic"}


def test_only_the_county_makes_a_major_hazard_general(session: Session, take: Take) -> None:
    hazard = write_hazard(
        session, source=HazardSource.STAFF, level=HazardLevel.MAJOR, **of_item(write_checklist(session), 2)
    )

    kept = take("admin", hazard, "accept", level="general")
    session.refresh(hazard)
    assert (refused(kept), hazard.level) == ((403, "level_kept"), HazardLevel.MAJOR)
    assert hazard.status is HazardStatus.REPORTED
    assert (kept.json["title"], list(kept.json["errors"])) == (
        "重大隐患只有县里才能改为一般隐患，请报县里",
        ["level"],
    )

    lowered = done(take("county", hazard, "accept", level="general", note="只是抹灰裂缝"))
    assert (lowered["level"], lowered["status"]) == ("general", "accepted")
    assert [event["actor_name"] for event in lowered["events"]] == ["county"]


@pytest.mark.parametrize("name", ["admin", "county"])
@pytest.mark.parametrize("level", list(HazardLevel))
def test_both_raise_the_level_or_leave_it_major(
    session: Session, take: Take, name: str, level: HazardLevel
) -> None:
    hazard = write_hazard(session, source=HazardSource.STAFF, level=level)

    assert done(take(name, hazard, "accept", level="major"))["level"] == "major"


def test_a_level_kept_does_not_stop_the_next_try(session: Session, take: Take) -> None:
    hazard = write_hazard(session, source=HazardSource.STAFF, level=HazardLevel.MAJOR)

    take("admin", hazard, "accept", level="general")

    assert done(take("admin", hazard, "accept"))["level"] == "major"


def test_a_rejection_gives_its_reason(session: Session, take: Take) -> None:
    hazard = write_hazard(session)

    assert take("admin", hazard, "reject", reason="").status_code == 422
    assert done(take("admin", hazard, "reject", reason="已经清了"))["events"][0]["note"] == "已经清了"


def test_a_duplicate_names_the_other(session: Session, take: Take) -> None:
    hazard, other = write_hazard(session), write_hazard(session, HazardStatus.CLOSED)

    shown = done(take("admin", hazard, "duplicate", duplicate_of_id=str(other.id)))

    assert (shown["status"], shown["duplicate_of_id"]) == ("duplicate", str(other.id))
    assert shown["events"][0]["data"] == {"duplicate_of_id": str(other.id)}


@pytest.mark.parametrize("found", ["before", "after", "found again after"])
def test_what_was_found_after_the_closing_is_no_duplicate(session: Session, take: Take, found: str) -> None:
    """By when somebody looked, not by when that arrived; so is what was merged into the report."""
    at = now() - timedelta(hours=3)
    closed = write_hazard(session, HazardStatus.CLOSED, ended_at=at)
    earlier, later = at - timedelta(hours=1), at + timedelta(hours=1)
    hazard = write_hazard(session, captured_at=later if found == "after" else earlier)
    if found == "found again after":
        merged = {"duplicate_of_id": hazard.id, "captured_at": later}
        write_hazard(session, HazardStatus.DUPLICATE, **merged)
    answer = take("admin", hazard, "duplicate", duplicate_of_id=str(closed.id))

    if found == "before":
        assert done(answer)["status"] == "duplicate"
        return
    assert (refused(answer), list(answer.json["errors"])) == ((409, "closed_before"), ["duplicate_of_id"])
    assert f"{business_day(at)}已经办结" in answer.json["title"]
    assert done(take("admin", hazard, "accept"))["status"] == "accepted"


def test_what_somebody_found_who_left_is_no_duplicate_of_what_was_closed_before(
    app: Flask, be: Be, session: Session, take: Take
) -> None:
    at = now() - timedelta(hours=3)
    closed = write_hazard(session, HazardStatus.CLOSED, ended_at=at, reported_by=None)
    before: dict[str, Any] = {"captured_at": at - timedelta(hours=1), "received_at": at - timedelta(hours=1)}
    hazard = write_hazard(session, reported_by=None, **before)
    write_hazard(session, HazardStatus.DUPLICATE, duplicate_of_id=hazard.id)
    close(app, session, be("resident"))
    answer = take("admin", hazard, "duplicate", duplicate_of_id=str(closed.id))

    assert refused(answer) == (409, "closed_before")


def test_a_report_of_a_clock_that_is_ahead_is_a_duplicate_of_what_was_closed_after_it_arrived(
    session: Session, take: Take
) -> None:
    at = now() - timedelta(hours=3)
    closed = write_hazard(session, HazardStatus.CLOSED, ended_at=at)
    seen: dict[str, Any] = {
        "captured_at": at + timedelta(minutes=2),
        "received_at": at - timedelta(minutes=1),
    }
    hazard = write_hazard(session, **seen)

    assert done(take("admin", hazard, "duplicate", duplicate_of_id=str(closed.id)))["status"] == "duplicate"


@pytest.mark.parametrize("unfit", ["itself", "duplicate", "rejected", "next", "far", "nowhere"])
def test_a_duplicate_of_the_wrong_thing_is_refused(session: Session, take: Take, unfit: str) -> None:
    hazard = write_hazard(session)
    other_id = {
        "itself": lambda: hazard.id,
        "duplicate": lambda: write_hazard(session, HazardStatus.DUPLICATE).id,
        "rejected": lambda: write_hazard(session, HazardStatus.REJECTED).id,
        "next": lambda: write_hazard(session, area_code=NEXT, place_id=named("next_block")).id,
        "far": lambda: write_hazard(session, area_code=FAR, place_id=named("far_block")).id,
        "nowhere": new_id,
    }[unfit]()

    answer = take("admin", hazard, "duplicate", duplicate_of_id=str(other_id))

    assert (refused(answer), list(answer.json["errors"])) == ((422, "duplicate_unfit"), ["duplicate_of_id"])
    session.refresh(hazard)
    assert hazard.status is HazardStatus.REPORTED


def test_a_duplicate_of_what_lies_beyond_reach_is_refused(session: Session, take: Take) -> None:
    """An admin of one grid learns nothing of the others of his community."""
    hazard = write_hazard(session)
    other = write_hazard(session, area_code=HOME, place_id=named("workshop"))
    session.execute(update(Grant).where(Grant.user_id == person("admin").user_id).values(area_code=GRID))
    session.commit()

    answer = take("admin", hazard, "duplicate", duplicate_of_id=str(other.id))

    assert refused(answer) == (422, "duplicate_unfit")


def test_a_duplicate_in_another_community_is_refused_within_reach_too(session: Session, take: Take) -> None:
    admin = person("admin").user_id
    hazard = write_hazard(session)
    other = write_hazard(session, area_code=NEXT, place_id=named("next_block"))
    session.execute(update(Grant).where(Grant.user_id == admin).values(area_code=HOME[:6]))
    session.commit()

    answer = take("admin", hazard, "duplicate", duplicate_of_id=str(other.id))

    assert refused(answer) == (422, "duplicate_unfit")


@pytest.mark.parametrize("name", ["worker", "colleague", "lead", "admin"])
def test_the_field_staff_of_the_area_are_assigned(session: Session, take: Take, name: str) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)

    shown = done(take("admin", hazard, "assign", assignee_id=str(person(name).user_id)))

    assert shown["assignee_name"] == name


@pytest.mark.parametrize("name", ["clerk", "county", "resident", "far_worker", "next_admin", "nobody"])
def test_nobody_else_is_assigned(session: Session, take: Take, name: str) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    assignee_id = new_id() if name == "nobody" else person(name).user_id

    answer = take("admin", hazard, "assign", assignee_id=str(assignee_id))

    assert (refused(answer), list(answer.json["errors"])) == ((422, "assignee_unfit"), ["assignee_id"])


@pytest.mark.parametrize("end", ["grant", "user"])
def test_who_left_is_not_assigned(session: Session, take: Take, end: str) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)
    if end == "grant":
        session.get_one(Grant, named("grant worker")).ended_at = now()
    else:
        session.get_one(User, person("worker").user_id).disabled_at = now()
    session.commit()

    assert refused(take("admin", hazard, "assign", assignee_id=WORKER)) == (422, "assignee_unfit")


def assigned_at(take: Take, hazard: Hazard, at: datetime, **more: Any) -> Answer:
    with set_to(at):
        return take("admin", hazard, "assign", assignee_id=WORKER, **more)


def due(answer: Answer) -> datetime:
    return datetime.fromisoformat(done(answer)["due_at"])


@pytest.mark.parametrize(
    "start,end",
    [
        # Mid-Autumn takes the 25th to 27th, National Day the 1st to 7th; Saturday the 10th is worked.
        (datetime(2026, 9, 24, 2, 0, tzinfo=UTC), datetime(2026, 10, 12, 16, 0, tzinfo=UTC)),
        # 23:30 of the 30th in China, and 00:30 of the 1st: both count from the 8th.
        (datetime(2026, 9, 30, 15, 30, tzinfo=UTC), datetime(2026, 10, 15, 16, 0, tzinfo=UTC)),
        (datetime(2026, 9, 30, 16, 30, tzinfo=UTC), datetime(2026, 10, 15, 16, 0, tzinfo=UTC)),
        # No holiday in sight: seven working days are nine.
        (datetime(2026, 11, 3, 2, 0, tzinfo=UTC), datetime(2026, 11, 12, 16, 0, tzinfo=UTC)),
    ],
)
def test_the_default_deadline_counts_working_days(
    session: Session, take: Take, start: datetime, end: datetime
) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)

    assert due(assigned_at(take, hazard, start)) == end


def test_the_item_s_own_days_come_first(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED, **of_item(write_checklist(session), 3))

    # Three working days from 30 September: the 8th, the 9th, and Saturday the 10th.
    answer = assigned_at(take, hazard, datetime(2026, 9, 30, 2, 0, tzinfo=UTC))

    assert due(answer) == datetime(2026, 10, 10, 16, 0, tzinfo=UTC)


def test_a_deadline_given_is_taken_within_a_year(session: Session, take: Take) -> None:
    at = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
    year = timedelta(days=366)
    for wrong in (at, at - timedelta(days=1), at + year + timedelta(seconds=1)):
        hazard = write_hazard(session, HazardStatus.ACCEPTED)
        answer = assigned_at(take, hazard, at, due_at=wrong.isoformat())
        assert (refused(answer), list(answer.json["errors"])) == ((422, "due_time"), ["due_at"])
    for right in (at + timedelta(seconds=1), at + year):
        hazard = write_hazard(session, HazardStatus.ACCEPTED)
        assert due(assigned_at(take, hazard, at, due_at=right.isoformat())) == right


def test_a_repeated_assignment_is_answered_after_its_deadline(session: Session, take: Take) -> None:
    hazard, at = write_hazard(session, HazardStatus.ACCEPTED), datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
    sent = {"due_at": (at + timedelta(minutes=5)).isoformat(), "step_id": str(new_id())}

    assigned_at(take, hazard, at, **sent)

    assert assigned_at(take, hazard, at + timedelta(hours=1), **sent).status_code == 200


def test_a_major_hazard_is_assigned_with_its_controls(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED, level=HazardLevel.MAJOR)
    at = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)

    bare = assigned_at(take, hazard, at)
    shown = done(assigned_at(take, hazard, at, controls="拉警戒线,人先撤"))

    assert (refused(bare), list(bare.json["errors"])) == ((422, "major_controls"), ["controls"])
    assert shown["controls"] == "拉警戒线,人先撤"
    data = shown["events"][0]["data"]
    assert datetime.fromisoformat(data["controls_by"]) == at + timedelta(hours=24)
    assert datetime.fromisoformat(data["due_at"]) == datetime(2026, 11, 12, 16, 0, tzinfo=UTC)


def test_a_general_hazard_waits_for_no_controls(session: Session, take: Take) -> None:
    hazard = write_hazard(session, HazardStatus.ACCEPTED)

    shown = done(assigned_at(take, hazard, datetime(2026, 11, 3, 2, 0, tzinfo=UTC)))

    assert shown["events"][0]["data"]["controls_by"] is None
