"""Until when a hazard must be put right."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.errors import DomainError, Kind
from app.models import ChecklistItem, Hazard
from app.workdays import WorkCalendar

DEFAULT_WORKING_DAYS = 7
"""Where neither the assigner nor the checklist item says otherwise (domain.md, inspections and hazards)."""
MAJOR_CONTROLS_WITHIN = timedelta(hours=24)
"""By when the temporary controls of a major hazard must stand (domain.md: major 24 h controls)."""
FURTHEST = timedelta(days=366)
"""Nothing unsafe may be put off for longer than a year."""


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
