"""Households that are closed: they keep their rows and their history, and nobody comes into them any more."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.errors import DomainError, Kind
from app.models import Household


class HouseholdClosedError(DomainError):
    """The household is closed; at its door another one is registered."""

    code = "household_closed"
    kind = Kind.CONFLICT


def check_home_open(household: Household, *, field: str | None = None) -> None:
    """Refuse a closed household. Raises HouseholdClosedError."""
    if household.closed_on is not None:
        raise HouseholdClosedError(**{"field": field} if field else {})


def home_held(session: Session, household_id: UUID, *, field: str | None = None) -> Household:
    """Give an open household as it stands until the end: whoever closes or moves it waits.

    Raises HouseholdClosedError.
    """
    held = {"read": True}
    household = session.get_one(Household, household_id, with_for_update=held, populate_existing=True)
    check_home_open(household, field=field)
    return household
