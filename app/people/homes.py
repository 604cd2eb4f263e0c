"""Whoever lives somewhere decides on nothing that concerns that home, whatever his post.

Two things are kept from him of minors alone, since of grown-ups there is nothing in them that he could hide:
care, and consents on paper.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import DomainError, Kind
from app.models import Binding, Resident, User
from app.people.guardians import is_minor


class OwnHouseholdError(DomainError):
    """Nobody decides on what concerns his own household (domain.md, claim)."""

    code = "own_household"
    kind = Kind.FORBIDDEN


def check_other_household(actor: Actor, *household_ids: UUID) -> None:
    """Refuse with OwnHouseholdError whoever belongs to one of these households."""
    if actor.household_id in household_ids:
        raise OwnHouseholdError


def check_minor_elsewhere(actor: Actor, resident: Resident) -> None:
    """Refuse with OwnHouseholdError whoever lives with this resident, if that is a minor (ADR 0013)."""
    if is_minor(resident):
        check_other_household(actor, resident.household_id)


def check_reader_elsewhere(session: Session, user_id: UUID, resident: Resident, *, field: str) -> None:
    """Refuse with OwnHouseholdError to let a user read of a minor with whom he lives (ADR 0013)."""
    if is_minor(resident) and user_id in accounts_of_home(session, resident.household_id):
        raise OwnHouseholdError(field=field)


def accounts_of_home(session: Session, household_id: UUID) -> set[UUID]:
    """Give the accounts of those who live in a household now."""
    query = select(User.id).join(Resident, Resident.id == User.resident_id)
    return set(session.scalars(query.where(Resident.household_id == household_id)))


def lives_in(session: Session, user_id: UUID, household_id: UUID) -> bool:
    """Say whether an account is of somebody who lives in a household now; hold its binding until the end."""
    query = (
        select(Binding.id)
        .join(Resident, Resident.id == Binding.resident_id)
        .where(Binding.user_id == user_id, Binding.ended_at.is_(None), Resident.household_id == household_id)
    )
    return session.scalars(query.with_for_update(read=True, of=Binding)).first() is not None
