"""Until when a hazard must be put right."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.errors import DomainError, Kind
from app.models import AlarmKind, ChecklistItem, Hazard, HazardLevel
from app.workdays import WorkCalendar

DEFAULT_WORKING_DAYS = 7
"""Where neither the assigner nor the checklist item says otherwise (domain.md, inspections and hazards)."""
MAJOR_CONTROLS_WITHIN = timedelta(hours=24)
"""By when the temporary controls of a major hazard must stand (domain.md: major 24 h controls)."""
FURTHEST = timedelta(days=366)
"""Nothing unsafe may be put off for longer than a year."""

_ALARMS = ((AlarmKind.REMIND, 80), (AlarmKind.SUPERVISE_COUNTY, 100), (AlarmKind.SUPERVISE_CITY, 150))
"""After how many of a hundred parts of its time what happens (domain.md, inspections and hazards)."""


class DueTimeError(DomainError):
    """The deadline is over already, or more than a year away."""

    code = "due_time"
    kind = Kind.INVALID


def due(
    session: Session, calendar: WorkCalendar, hazard: Hazard, *, at: datetime, asked: datetime | None
) -> datetime:
    """Give the deadline of an assignment made ``at``: the one asked for, or the default in working days.

    Raises DueTimeError, and HolidaysUnknownError if the default runs into a year without a calendar.
    """
    if asked is not None:
        if not at < asked <= at + FURTHEST:
            raise DueTimeError(field="due_at")
        return asked
    item = session.get(ChecklistItem, hazard.item_id) if hazard.item_id is not None else None
    days = item.deadline_days if item is not None else None
    return calendar.deadline(at, days or DEFAULT_WORKING_DAYS)


@dataclass(frozen=True)
class Alarm:
    """What happens of itself at a moment, and the deadline it is of."""

    kind: AlarmKind
    at: datetime
    due_at: datetime


def set_deadline(hazard: Hazard, due_at: datetime, *, since: datetime) -> None:
    """Give a hazard its deadline, and wind its clocks."""
    hazard.due_at, hazard.due_from = due_at, since
    hazard.asked_due_at = None
    wind(hazard)


def want_controls(hazard: Hazard, *, at: datetime) -> None:
    """Let the temporary controls of a major hazard be due from now, unless they were shown."""
    if hazard.level is HazardLevel.MAJOR and hazard.controls_reported_at is None:
        hazard.controls_due_at = at + MAJOR_CONTROLS_WITHIN
        wind(hazard)


def wind(hazard: Hazard) -> None:
    """Set a hazard's clock to its first alarm; one that sounded already sounds no second time."""
    hazard.alarm_at = min((alarm.at for alarm in alarms_of(hazard)), default=None)


def alarms_of(hazard: Hazard) -> list[Alarm]:
    """Give what happens of itself to a hazard, and when."""
    alarms = []
    if hazard.controls_due_at is not None and hazard.controls_reported_at is None:
        due_at = hazard.controls_due_at
        alarms.append(Alarm(AlarmKind.REMIND_CONTROLS, due_at, due_at))
    if hazard.due_at is not None:
        since, due_at = hazard.due_from or hazard.received_at, hazard.due_at
        whole = due_at - since
        alarms += [Alarm(kind, since + whole * parts / 100, due_at) for kind, parts in _ALARMS]
    return alarms
