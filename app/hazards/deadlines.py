"""Until when a hazard must be put right."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.errors import DomainError, Kind
from app.models import AlarmKind, ChecklistItem, Hazard
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


def set_deadline(hazard: Hazard, due_at: datetime, *, since: datetime) -> None:
    """Give a hazard its deadline, and wind its clocks: the only writer of both."""
    hazard.due_at, hazard.due_from = due_at, since
    hazard.asked_due_at = None
    hazard.alarm_at = min(at for _, at in alarms_of(hazard))


def alarms_of(hazard: Hazard) -> list[tuple[AlarmKind, datetime]]:
    """Give what happens of itself to a hazard with a deadline, and when."""
    assert hazard.due_at is not None, "what has no deadline has no clocks"
    since = hazard.due_from or hazard.received_at
    whole = hazard.due_at - since
    return [(kind, since + whole * parts / 100) for kind, parts in _ALARMS]
