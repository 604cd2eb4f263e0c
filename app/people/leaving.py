"""Whoever moved out or died: his record stays as it was, and nothing new begins for him."""

from app.errors import DomainError, Kind
from app.models import Resident


class ResidentLeftError(DomainError):
    """The roster says that the resident moved out or died; who is back is let back in first."""

    code = "resident_left"
    kind = Kind.CONFLICT


def check_lives_here(*residents: Resident) -> None:
    """Refuse to begin something for somebody who left. Raises ResidentLeftError."""
    if any(one.left_on is not None for one in residents):
        raise ResidentLeftError
