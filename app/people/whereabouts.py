"""Who is at home: whoever is not away, or was to be back by today."""

from datetime import date

from sqlalchemy import ColumnElement, or_

from app.clock import business_day
from app.models import PresenceState, Resident


def write(resident: Resident, presence: PresenceState, *, back_on: date | None = None) -> None:
    """Write where somebody lives now; the only writer of both columns of who is there already."""
    resident.presence, resident.back_on = presence, back_on


def is_here(resident: Resident) -> bool:
    """Say whether somebody is to be found at home; an expected day is as good as a word until one comes."""
    expected = resident.back_on is not None and resident.back_on <= business_day()
    return resident.presence is not PresenceState.AWAY or expected


def here() -> ColumnElement[bool]:
    """Say in SQL, of ``Resident``, what ``is_here`` says of one."""
    return or_(Resident.presence != PresenceState.AWAY, Resident.back_on <= business_day())
