"""The jobs that go by community, of plans, hazards and spot checks: each does its work once."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.clock import now, set_to
from app.ids import new_id
from app.jobs.plans import hand_over_occurrences, make_occurrences, tell_missed, tell_openings
from app.jobs.scheduler import run
from app.jobs.spot_checks import draw_spot_checks
from app.jobs.work import Means, sound_hazard_alarms, tell_waiting_hazards, unassign_hazards
from app.models import (
    AuditEntry,
    Grant,
    Hazard,
    HazardStatus,
    Inspection,
    Notice,
    NoticeKind,
    Occurrence,
    SpotCheck,
    SpotCheckWeek,
)
from dev.servers import Servers
from tests.cast import FAR, GRID, HOME, person
from tests.databases import peopled_database
from tests.hazard_world import BLOCK, write_checklist, write_hazard
from tests.plan_world import START, in_china, write_place, write_plan

pytestmark = pytest.mark.xdist_group("jobs")
MONDAY = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)


@pytest.fixture
def jobs_database(servers: Servers) -> str:
    """Give a database of this test's own: what plans make is much, and names each other."""
    return peopled_database(servers, f"plan_jobs_{os.getpid()}_{new_id().hex[-6:]}")


@pytest.fixture
def session(means: Means) -> Iterator[Session]:
    with Session(means.engine, expire_on_commit=False) as made:
        yield made


def _twice(job: Callable[[Means], int], means: Means, at: datetime) -> list[int | None]:
    """Run a job, and once more: what was done is not done again."""
    with set_to(at):
        return [run(job, means), run(job, means)]


def _entries(session: Session, job: str) -> int:
    return len(session.scalars(select(AuditEntry).where(AuditEntry.action == f"job:{job}")).all())


def test_what_plans_ask_for_is_made_told_and_handed_over_once(means: Means, session: Session) -> None:
    write_plan(session, write_checklist(session))

    made, again = _twice(make_occurrences, means, in_china(START, "00:30"))
    assert (made or 0) >= 14
    assert again == 0
    [*rows] = session.scalars(select(Occurrence).order_by(Occurrence.opens_at))
    assert len(rows) == made
    first = rows[0]

    assert _twice(tell_openings, means, in_china(START, "08:01")) == [1, 0]
    opened = select(Notice).where(Notice.kind == NoticeKind.OCCURRENCES, Notice.user_id == first.worker_id)
    assert [one.data["what"] for one in session.scalars(opened)] == ["opening"]

    assert _twice(tell_missed, means, in_china(START, "20:01")) == [1, 0]

    later = in_china(START, "21:00")
    session.execute(update(Grant).where(Grant.user_id == first.worker_id).values(ended_at=later))
    session.commit()
    handed = _twice(hand_over_occurrences, means, later + timedelta(minutes=1))
    assert handed == [len(rows) - 1, 0]
    session.expire_all()
    assert first.worker_id not in {one.worker_id for one in rows[1:]}
    assert {job: _entries(session, job) for job in ("make_occurrences", "tell_missed")} == {
        "make_occurrences": 1,
        "tell_missed": 1,
    }


def test_a_weeks_spot_checks_are_drawn_once(means: Means, session: Session) -> None:
    checklist = write_checklist(session)
    assert _twice(draw_spot_checks, means, MONDAY) == [0, 0]
    for hours in range(20):
        at = MONDAY + timedelta(days=1, hours=hours)
        named = {"area_code": GRID, "place_id": BLOCK, "worker_id": person("worker").user_id}
        facts = {"checklist_id": checklist.id, "content_hash": b"", "captured_at": at, "received_at": at}
        session.add(Inspection(id=new_id(), **named, **facts))
    session.commit()

    drawn, again = _twice(draw_spot_checks, means, MONDAY + timedelta(days=7))

    assert drawn == len(session.scalars(select(SpotCheck)).all()) > 0
    assert again == 0
    assert session.scalars(select(SpotCheckWeek).where(SpotCheckWeek.drawn_at.is_not(None))).all()


def refuse_changes(session: Session, table: str) -> None:
    """Let every row that is written in the county of FAR fail."""
    refuse = text(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN IF NEW.area_code LIKE '421222%' THEN RAISE 'no'; END IF; RETURN NEW; END$$;"
        f"CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    session.execute(refuse)
    session.commit()


def test_a_community_that_fails_holds_up_no_other(means: Means, session: Session) -> None:
    checklist = write_checklist(session)
    for area_code in (FAR, GRID):
        place = write_place(session, area_code, name="9号楼")
        write_plan(session, checklist, area_code=area_code, place_ids=[str(place.id)])
    with set_to(in_china(START, "06:00")):
        make_occurrences(means)
    refuse_changes(session, "occurrences")
    with set_to(in_china(START, "20:01")):
        assert run(tell_missed, means) == 1

    rows = session.scalars(select(Occurrence).where(Occurrence.missed_told_at.is_not(None))).all()
    assert [row.area_code for row in rows] == [GRID]


@pytest.mark.parametrize(
    "job, status", [(unassign_hazards, HazardStatus.ASSIGNED), (tell_waiting_hazards, HazardStatus.REPORTED)]
)
def test_hazards_of_a_community_that_fails_hold_up_no_others(
    means: Means, session: Session, job: Callable[[Means], int], status: HazardStatus
) -> None:
    """The first by its code can neither be taken back nor told of; the next one is, and is recorded."""
    of: dict[str, Any] = {"received_at": now() - timedelta(days=9), "assignee_id": None}
    if status is HazardStatus.ASSIGNED:
        of["assignee_id"] = person("neighbour").user_id
    write_hazard(session, status, area_code=FAR, place_id=write_place(session, FAR, name="9号楼").id, **of)
    done = write_hazard(session, status, **of)
    refuse_changes(session, "hazards")

    assert run(job, means) == 1
    session.expire_all()
    assert [row.id for row in session.scalars(select(Hazard).where(Hazard.waiting_told_on.is_not(None)))] == [
        done.id
    ]
    assert _entries(session, job.__name__) == 1


def test_an_alarm_that_cannot_be_sounded_holds_up_no_other(means: Means, session: Session) -> None:
    """The first whose time is over fails; those behind it sound in the same minute, and once."""
    at = now() - timedelta(days=9)
    of: dict[str, Any] = {"assignee_id": person("worker").user_id, "due_from": at}
    place_id = write_place(session, FAR, name="9号楼").id
    write_hazard(
        session, HazardStatus.ASSIGNED, area_code=FAR, place_id=place_id, alarm_at=at, due_at=at, **of
    )
    for hours in (1, 2):
        later = at + timedelta(hours=hours)
        write_hazard(session, HazardStatus.ASSIGNED, alarm_at=later, due_at=later, **of)
    refuse_changes(session, "hazards")

    assert [run(sound_hazard_alarms, means), run(sound_hazard_alarms, means)] == [2, 0]
    assert _entries(session, "sound_hazard_alarms") == 2


def test_a_worker_who_cannot_be_told_what_opens_holds_up_no_other(means: Means, session: Session) -> None:
    checklist = write_checklist(session)
    for area_code in (FAR, GRID):
        place = write_place(session, area_code, name="9号楼")
        write_plan(session, checklist, area_code=area_code, place_ids=[str(place.id)])
    with set_to(in_china(START, "06:00")):
        make_occurrences(means)
    refuse_changes(session, "notices")

    assert _twice(tell_openings, means, in_china(START, "08:01")) == [1, 0]
    told = select(Notice.area_code).where(Notice.kind == NoticeKind.OCCURRENCES)
    assert session.scalars(told).all() == [HOME]
