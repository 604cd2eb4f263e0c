"""The clocks of the seed's hazards stand where the product's own rules would have set them."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app import hazards as product
from app.clock import end_of, set_to, start_of
from app.hazards import Alarm, alarms_of
from app.models import (
    HAZARD_ENDED,
    Hazard,
    HazardAlarm,
    HazardEvent,
    HazardLevel,
    HazardStatus,
    HazardStep,
)
from tests.seed.conftest import DAY

pytestmark = pytest.mark.xdist_group("seed")

_UNTIL = start_of(DAY)
_DEADLINES = {HazardStep.ASSIGN, HazardStep.REASSIGN, HazardStep.RECHECK_FAIL}
_ALARMS = {
    HazardStep.REMIND,
    HazardStep.SUPERVISE_COUNTY,
    HazardStep.SUPERVISE_CITY,
    HazardStep.REMIND_CONTROLS,
}


@pytest.fixture(scope="module")
def hazards(session: Session) -> list[Hazard]:
    return list(session.scalars(select(Hazard).options(selectinload(Hazard.events))))


def _steps(hazard: Hazard) -> dict[HazardStep, list[HazardEvent]]:
    steps = defaultdict[HazardStep, list[HazardEvent]](list)
    for event in hazard.events:
        steps[event.step].append(event)
    return steps


def test_a_hazard_ended_when_its_last_step_did_and_its_time_runs_since_it_was_given(
    hazards: list[Hazard],
) -> None:
    for hazard in hazards:
        ends = [event.at for event in hazard.events if event.status_after in HAZARD_ENDED]
        told = Hazard(received_at=hazard.received_at)
        for event in hazard.events:
            _wind(told, event)
        assert hazard.ended_at == (ends[0] if ends else None)
        assert (hazard.due_at, hazard.due_from) == (told.due_at, told.due_from)


def test_every_alarm_sounded_once_at_its_minute_and_none_without_cause(
    session: Session, hazards: list[Hazard]
) -> None:
    kept = defaultdict[UUID, set[tuple[str, datetime]]](set)
    for row in session.scalars(select(HazardAlarm)):
        assert timedelta(0) <= row.taken_at - row.planned_at <= timedelta(minutes=1)
        kept[row.hazard_id].add((row.kind, row.due_at))
    for hazard in hazards:
        sounded = {
            (event.step.value, datetime.fromisoformat(event.data["due_at"]))
            for event in hazard.events
            if event.step in _ALARMS
        }
        assert sounded == kept[hazard.id] == _expected(hazard)
    assert sum(map(len, kept.values())) > 50


def _expected(hazard: Hazard) -> set[tuple[str, datetime]]:
    """Give what had to sound: told anew from the steps, without what the hazard itself says now."""
    told = Hazard(received_at=hazard.received_at)
    due = set()
    last = HazardEvent(at=_UNTIL, status_after=hazard.status)
    for event, following in pairwise([*hazard.events, last]):
        _wind(told, event)
        if event.status_after in product.RUNNING:
            due |= {_key(alarm) for alarm in alarms_of(told) if alarm.at <= following.at}
    return due


def _wind(told: Hazard, event: HazardEvent) -> None:
    """Set the clocks of a hazard told anew: an extension moves the end of its time and not the beginning."""
    if event.step in _DEADLINES:
        due_at = datetime.fromisoformat(event.data["due_at"])
        if due_at != told.due_at:
            told.due_from = event.at
        told.due_at = due_at
    if event.step is HazardStep.TRANSFER:
        told.due_from, told.due_at = event.at, end_of(date.fromisoformat(event.data["expected_on"]))
    if event.step is HazardStep.GRANT_EXTENSION:
        told.due_at = datetime.fromisoformat(event.data["due_at"])
    if controls_by := event.data.get("controls_by"):
        told.controls_due_at = datetime.fromisoformat(controls_by)
    if event.step is HazardStep.REPORT_CONTROLS:
        told.controls_reported_at = event.at
    if event.step is HazardStep.CHECK_CONTROLS and not event.data["passed"]:
        told.controls_due_at, told.controls_reported_at = event.at + product.MAJOR_CONTROLS_WITHIN, None


def _key(alarm: Alarm) -> tuple[str, datetime]:
    return alarm.kind.value, alarm.due_at


def test_the_job_finds_nothing_left_to_sound_where_the_story_ends(session: Session) -> None:
    with Session(session.get_bind()) as jobs:
        with set_to(_UNTIL):
            assert product.take_alarms(jobs, limit=100) == 0
        with set_to(_UNTIL + timedelta(hours=34)):
            assert product.take_alarms(jobs, limit=100) < 20
        jobs.rollback()


def test_offices_supervised_and_were_answered_mostly(hazards: list[Hazard]) -> None:
    for hazard in hazards:
        steps = _steps(hazard)
        urged = [
            event.at
            for step in (HazardStep.SUPERVISE_COUNTY, HazardStep.SUPERVISE_CITY, HazardStep.SUPERVISE)
            for event in steps[step]
        ]
        answered = [event.at for event in steps[HazardStep.ANSWER]]
        assert hazard.supervised_at == max(urged, default=None)
        assert len(answered) <= len(urged)
        assert hazard.answered_at in {None, max(answered, default=None)}
    supervised = [one for one in hazards if one.supervised_at and one.status not in HAZARD_ENDED]
    assert {one.answered_at is None for one in supervised} == {True, False}


def test_controls_of_major_hazards_were_shown_and_checked_by_the_county(hazards: list[Hazard]) -> None:
    majors = [one for one in hazards if one.level is HazardLevel.MAJOR and one.due_at is not None]
    for hazard in majors:
        steps = _steps(hazard)
        assert hazard.controls_due_at is not None
        checked = [event for event in steps[HazardStep.CHECK_CONTROLS] if event.data["passed"]]
        assert (hazard.controls_checked_at is None) == (not checked)
        assert all(event.at >= steps[HazardStep.REPORT_CONTROLS][0].at for event in checked)
    assert sum(one.controls_checked_at is not None for one in majors) > 3


def test_reporters_said_after_the_end_how_satisfied_they_are(hazards: list[Hazard]) -> None:
    rated = [one for one in hazards if one.satisfaction is not None]

    assert {one.satisfaction for one in rated} == {1, 2, 3}
    for hazard in rated:
        (event,) = _steps(hazard)[HazardStep.RATE]
        assert hazard.status is HazardStatus.CLOSED
        assert event.actor_id == hazard.reported_by
        assert (event.data["faces"], event.at) == (hazard.satisfaction, hazard.rated_at)
        assert hazard.ended_at is not None
        assert event.at > hazard.ended_at


def test_what_was_found_again_within_a_month_is_marked_as_come_back(hazards: list[Hazard]) -> None:
    ended = defaultdict[tuple[UUID, str | None], list[datetime]](list)
    for hazard in hazards:
        if hazard.status is HazardStatus.CLOSED and hazard.ended_at is not None:
            ended[hazard.place_id, hazard.item_key].append(hazard.ended_at)
    for hazard in hazards:
        since = hazard.happened_at - product.CAME_BACK_WITHIN
        before = [at for at in ended[hazard.place_id, hazard.item_key] if since <= at <= hazard.happened_at]
        assert hazard.came_back == (hazard.item_key is not None and bool(before))
    assert any(hazard.came_back for hazard in hazards)
