"""Whoever moved out or died: his record stays as it was, and nothing new begins for him."""

from datetime import date

from app.clock import business_day, months_ago
from app.errors import DomainError, Kind, ResidentMergedError
from app.models import Resident


class ResidentLeftError(DomainError):
    """The roster says that the resident moved out or died; who is back is let back in first."""

    code = "resident_left"
    kind = Kind.CONFLICT


class DayLongAgoError(DomainError):
    """An end that is entered lies more than a year back: more likely a slip of the pen."""

    code = "day_long_ago"
    kind = Kind.INVALID


def check_recent(day: date, *, field: str) -> None:
    """Refuse an end of more than a year ago: how long words stay counts from it. Raises DayLongAgoError."""
    if day < business_day(months_ago(12)):
        raise DayLongAgoError(field=field)


def check_lives_here(*residents: Resident) -> None:
    """Refuse to begin something for somebody who left. Raises ResidentLeftError, ResidentMergedError."""
    if any(one.same_as_id is not None for one in residents):
        raise ResidentMergedError
    if any(one.left_on is not None for one in residents):
        raise ResidentLeftError
