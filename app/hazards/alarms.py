"""What happens of itself as a hazard's time runs: a reminder, then the county, then the city (督办)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import Actor, Role
from app.clock import now
from app.hazards.clocks import Clocks
from app.hazards.deadlines import Alarm, alarms_of
from app.hazards.responsible import OFFICES, admins, in_hand_of, office, tell_all
from app.hazards.steps import record
from app.ids import new_id
from app.models import AlarmKind, Hazard, HazardAlarm, HazardStatus, HazardStep
from app.notices import NoticeKind
from app.once import content_hash

RUNNING = (
    HazardStatus.ACCEPTED,
    HazardStatus.ASSIGNED,
    HazardStatus.RECTIFYING,
    HazardStatus.TRANSFERRED,
)
"""While it is still to be put right; what waits for its recheck hurries nobody who works on it."""
_SUPERVISING = (AlarmKind.SUPERVISE_COUNTY, AlarmKind.SUPERVISE_CITY)
_OFFICES = {
    AlarmKind.REMIND_CONTROLS: OFFICES,
    AlarmKind.SUPERVISE_COUNTY: OFFICES,
    AlarmKind.SUPERVISE_CITY: (Role.CITY_OFFICER, Role.COUNTY_OFFICER),
}
"""Who supervises or waits to see the controls, and who is told where that office has nobody."""
_IN_OTHER_WORDS = {HazardStep.REMIND_CONTROLS: {"what": "controls_missing"}}
"""What an office reads where it is to urge others to do what they read of."""


def due_alarms(session: Session, *, limit: int) -> Sequence[UUID]:
    """Name the hazards whose time asks for something by now, the longest first."""
    return session.scalars(_due(select(Hazard.id), now(), limit)).all()


def take_alarms(session: Session, *, limit: int, only: UUID | None = None) -> int:
    """Do what the time of hazards asks for by now, or of ``only`` this one; give of how many hazards.

    A hazard that another scheduler is at is left to it. Were it not, the key of the alarms would still let
    each happen once for each deadline.
    """
    at = now()
    query = _due(select(Hazard), at, limit).with_for_update(key_share=True, skip_locked=True)
    if only is not None:
        query = query.where(Hazard.id == only)
    hazards = session.scalars(query.execution_options(populate_existing=True)).all()
    for hazard in hazards:
        _take(session, hazard, at)
    return len(hazards)


def _due(query: Select[Any], at: datetime, limit: int) -> Select[Any]:
    due = query.where(Hazard.alarm_at <= at, Hazard.status.in_(RUNNING))
    return due.order_by(Hazard.alarm_at, Hazard.id).limit(limit)


def _take(session: Session, hazard: Hazard, at: datetime) -> None:
    """Take all alarms of a hazard that are due, in their order, and set its clock to the next."""
    alarms = alarms_of(hazard)
    for alarm in sorted(alarms, key=lambda one: one.at):
        if alarm.at <= at and _is_first(session, hazard, alarm, at):
            _sound(session, hazard, alarm, at)
    hazard.alarm_at = min((alarm.at for alarm in alarms if alarm.at > at), default=None)


def _is_first(session: Session, hazard: Hazard, alarm: Alarm, at: datetime) -> bool:
    statement = (
        insert(HazardAlarm)
        .values(
            id=new_id(),
            area_code=hazard.area_code,
            hazard_id=hazard.id,
            kind=alarm.kind,
            due_at=alarm.due_at,
            planned_at=alarm.at,
            taken_at=at,
        )
        .on_conflict_do_nothing()
        .returning(HazardAlarm.id)
    )
    return session.scalar(statement) is not None


def _sound(session: Session, hazard: Hazard, alarm: Alarm, at: datetime) -> None:
    """Record an alarm in the hazard's history, and tell whose it is and the admins, who answer, each once."""
    step, offices = HazardStep(alarm.kind), _OFFICES.get(alarm.kind)
    if alarm.kind in _SUPERVISING:
        hazard.supervised_at, hazard.answered_at = at, None
    sent = content_hash(step, hazard.id, alarm.due_at)
    record(session, Actor(), hazard, step, sent=sent, when=Clocks(at), due_at=alarm.due_at.isoformat())
    in_hand = in_hand_of(session, hazard) | admins(session, hazard)
    if offices is not None:
        found, people = office(session, hazard, offices)
        instead = _IN_OTHER_WORDS.get(step, {}) if found is offices[0] else {"what": "nobody_decides"}
        tell_all(session, NoticeKind.HAZARD_ALARM, hazard, people - in_hand, step, **instead)
    tell_all(session, NoticeKind.HAZARD_ALARM, hazard, in_hand, step)
