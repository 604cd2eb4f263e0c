"""What happens of itself as a hazard's time runs, and at which minute."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import hazards
from app.actors import Role
from app.clock import set_to
from app.models import Grant, Hazard, HazardAlarm, HazardEvent, HazardStatus, Notice, NoticeKind
from app.notices.words import text_of
from tests.cast import HOME, named, person
from tests.client import Client
from tests.hazard_world import VERBS, Take, done, write_hazard

Be = Callable[[str], Client]
START = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
DUE = START + timedelta(hours=100)
RUNNING = {
    HazardStatus.ACCEPTED,
    HazardStatus.ASSIGNED,
    HazardStatus.RECTIFYING,
    HazardStatus.TRANSFERRED,
}
A_MOMENT = timedelta(seconds=1)
WORKER = person("worker").user_id
REMIND, COUNTY, CITY = (START + timedelta(hours=hours) for hours in (80, 100, 150))


def running(session: Session, status: HazardStatus = HazardStatus.ASSIGNED, **more: Any) -> Hazard:
    """Write a hazard whose time began at START."""
    clocks = {"due_from": START, "due_at": DUE, "alarm_at": REMIND}
    return write_hazard(session, status, **(clocks | more))


def look(session: Session, at: datetime) -> int:
    """Let the job look at the clock."""
    with set_to(at):
        taken = hazards.take_alarms(session, limit=200)
        session.commit()
    return taken


def told(session: Session, hazard: Hazard) -> list[tuple[UUID, str]]:
    about = (Notice.kind == NoticeKind.HAZARD_ALARM, Notice.data["hazard_id"].astext == str(hazard.id))
    return [(row.user_id, row.data["step"]) for row in session.scalars(select(Notice).where(*about))]


def happened(session: Session, hazard: Hazard) -> list[str]:
    query = select(HazardEvent.step).where(HazardEvent.hazard_id == hazard.id).order_by(HazardEvent.number)
    return [step.value for step in session.scalars(query)]


@pytest.mark.parametrize(
    "at, step, whom",
    [
        (REMIND, "remind", ["worker", "admin"]),
        (COUNTY, "supervise_county", ["worker", "admin", "county"]),
        (CITY, "supervise_city", ["worker", "admin", "city"]),
    ],
)
def test_each_alarm_sounds_at_its_minute_and_not_before(
    session: Session, at: datetime, step: str, whom: list[str]
) -> None:
    """Whoever puts it right, the office, and the admins, who answer the office and can give it to others."""
    hazard = running(session, alarm_at=at)
    early = look(session, at - A_MOMENT)
    before = happened(session, hazard)
    with_it = look(session, at)
    steps = happened(session, hazard)
    again = [look(session, at + timedelta(minutes=minutes)) for minutes in range(3)]

    assert (early, before, with_it) == (0, [], 1)
    assert steps[-1] == step
    assert {one for one in told(session, hazard) if one[1] == step} == {
        (person(name).user_id, step) for name in whom
    }
    assert again == [0, 0, 0]
    assert happened(session, hazard) == steps
    assert session.scalars(select(HazardAlarm.planned_at).where(HazardAlarm.kind == step)).one() == at


def test_all_three_sound_once_however_often_the_job_looks(session: Session) -> None:
    hazard = running(session)
    for hours in range(0, 240, 5):
        look(session, START + timedelta(hours=hours))

    assert happened(session, hazard) == ["remind", "supervise_county", "supervise_city"]
    assert sorted(step for _, step in told(session, hazard)) == sorted(
        [*["remind"] * 2, *["supervise_county"] * 3, *["supervise_city"] * 3]
    )
    session.refresh(hazard)
    assert hazard.alarm_at is None
    assert hazard.supervised_at is not None


def test_after_a_standstill_nothing_is_left_out(session: Session) -> None:
    hazard = running(session)
    look(session, CITY + timedelta(days=3))

    assert happened(session, hazard) == ["remind", "supervise_county", "supervise_city"]


def test_the_key_lets_a_deadlines_alarm_sound_once_though_its_clock_was_wound_again(session: Session) -> None:
    hazard = running(session)
    look(session, REMIND)
    session.execute(update(Hazard).where(Hazard.id == hazard.id).values(alarm_at=REMIND))
    look(session, REMIND)

    assert happened(session, hazard) == ["remind"]


@pytest.mark.parametrize("status", sorted(frozenset(HazardStatus) - RUNNING))
def test_what_nobody_is_to_put_right_hurries_nobody(session: Session, status: HazardStatus) -> None:
    hazard = running(session, status)
    look(session, CITY)

    assert happened(session, hazard) == []


def test_what_waits_to_be_given_out_anew_reminds_the_admins(session: Session) -> None:
    hazard = running(session, HazardStatus.ACCEPTED)
    look(session, REMIND)

    assert told(session, hazard) == [(person("admin").user_id, "remind")]


@pytest.mark.parametrize(
    "at, gone, told_instead",
    [(COUNTY, Role.COUNTY_OFFICER, "city"), (CITY, Role.CITY_OFFICER, "county")],
)
def test_where_an_office_has_nobody_the_other_is_told(
    session: Session, at: datetime, gone: Role, told_instead: str
) -> None:
    session.execute(update(Grant).where(Grant.role == gone).values(ended_at=START))
    hazard = running(session, alarm_at=at)
    look(session, at)

    notices = select(Notice).where(
        Notice.kind == NoticeKind.HAZARD_ALARM, Notice.user_id == person(told_instead).user_id
    )
    said = {text_of(row.kind, row.data) for row in session.scalars(notices)}
    assert "有一项隐患没有人督办，请安排人" in said
    assert happened(session, hazard)


def test_an_officer_behind_the_door_supervises_nothing_there(session: Session) -> None:
    session.execute(
        update(Grant)
        .where(Grant.user_id == person("county").user_id)
        .values(user_id=person("resident").user_id)
    )
    hazard = running(session, alarm_at=COUNTY, text="1-101门口堆物", place_id=named("block"))
    look(session, COUNTY)

    county = {user_id for user_id, step in told(session, hazard) if step == "supervise_county"}
    assert county == {WORKER, person("admin").user_id, person("city").user_id}


def test_an_assignment_winds_the_clock_and_a_reassignment_leaves_it(be: Be, session: Session) -> None:
    take, hazard = Take(be), write_hazard(session, HazardStatus.ACCEPTED)
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=10)
    done(take("admin", hazard, "assign", assignee_id=str(WORKER), due_at=due.isoformat()))
    session.refresh(hazard)
    began, alarm = hazard.due_from, hazard.alarm_at
    other = {"assignee_id": str(person("colleague").user_id), "former_id": str(WORKER), "note": "病了"}
    done(take("admin", hazard, "assign", **other))
    session.refresh(hazard)

    assert began is not None
    assert alarm == began + (due - began) * 0.8
    assert (hazard.due_from, hazard.due_at, hazard.alarm_at) == (began, due, alarm)


def test_a_failed_recheck_begins_a_new_time(be: Be, session: Session) -> None:
    take = Take(be)
    hazard = write_hazard(
        session, HazardStatus.RECTIFIED, due_at=DUE, due_from=START, extensions=2, area_code=HOME
    )
    shown = done(take("colleague", hazard, "verify", passed=False, note="还堆着"))
    session.refresh(hazard)

    assert hazard.due_from is not None
    assert hazard.due_from.isoformat() == shown["events"][0]["at"]
    assert hazard.alarm_at is not None
    assert hazard.extensions == 0


@pytest.mark.parametrize("verb", ["reject", "duplicate", "verify", "close"])
def test_what_is_ended_has_no_alarm(session: Session, be: Be, verb: str) -> None:
    """What was closed in time would lie before the open ones in the index for ever."""
    name, starts, _, sent = VERBS[verb]
    if verb == "duplicate":
        sent = {"duplicate_of_id": str(write_hazard(session).id)}
    hazard = running(session, HazardStatus(next(iter(starts))), level="general")
    done(Take(be)("admin" if verb == "reject" else name, hazard, verb, **sent))
    session.refresh(hazard)

    assert (hazard.ended_at is not None, hazard.alarm_at) == (True, None)
