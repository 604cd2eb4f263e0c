"""Whoever lives somewhere decides on nothing that concerns that home, whatever his post.

Two things are kept from him of minors alone, since of grown-ups there is nothing in them that he could hide:
care, and consents on paper.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.errors import DomainError, Kind
from app.models import NOT_HIM, Binding, Resident
from app.people.guardians import is_minor

STILL_AT_HOME = timedelta(days=365)
"""How long staff who left a household decide nothing there: they would leave it, decide and come back."""
_NOT_HIM = ", ".join(f"'{reason}'" for reason in sorted(NOT_HIM))
_LATELY = f"(b.ended_at IS NULL OR b.ended_at > :since AND b.end_reason NOT IN ({_NOT_HIM}))"
HOMES_OF_USER = f"""
    WITH been AS (SELECT u.resident_id
                  UNION SELECT b.resident_id FROM bindings b WHERE b.user_id = u.id AND {_LATELY})
    SELECT p.household_id FROM been JOIN residents p ON p.id = been.resident_id
    UNION SELECT c.household_id FROM been JOIN guardianships gs ON gs.guardian_id = been.resident_id
          JOIN residents c ON c.id = gs.child_id"""  # noqa: S608 - our own words
"""In SQL, of the user ``u``: ``Actor.homes``, with those where he belonged after ``:since``."""
_AT_HOMES = text(f"""
    WITH people AS (SELECT p.id, p.household_id FROM residents p WHERE p.household_id = ANY(:household_ids)
                    UNION SELECT gs.guardian_id, c.household_id
                    FROM guardianships gs JOIN residents c ON c.id = gs.child_id
                    WHERE c.household_id = ANY(:household_ids))
    SELECT people.household_id, u.id FROM users u JOIN people ON people.id = u.resident_id
    UNION SELECT people.household_id, b.user_id
    FROM bindings b JOIN people ON people.id = b.resident_id WHERE {_LATELY}""")  # noqa: S608
_HOMES_OF_MANY = text(f"""
    SELECT u.id, home.household_id FROM users u CROSS JOIN LATERAL ({HOMES_OF_USER}) AS home
    WHERE u.id = ANY(:user_ids)""")  # noqa: S608


class OwnHouseholdError(DomainError):
    """Nobody decides on what concerns his own household (domain.md, claim)."""

    code = "own_household"
    kind = Kind.FORBIDDEN


def check_other_household(actor: Actor, *household_ids: UUID) -> None:
    """Refuse with OwnHouseholdError whoever belongs to one of these households."""
    if not actor.homes.isdisjoint(household_ids):
        raise OwnHouseholdError


def check_minor_elsewhere(actor: Actor, resident: Resident) -> None:
    """Refuse with OwnHouseholdError whoever lives with this resident, if that is a minor (ADR 0013)."""
    if is_minor(resident):
        check_other_household(actor, resident.household_id)


def check_reader_elsewhere(session: Session, user_id: UUID, resident: Resident, *, field: str) -> None:
    """Refuse with OwnHouseholdError to let a user read of a minor with whom he lives (ADR 0013)."""
    if is_minor(resident) and user_id in accounts_of_home(session, resident.household_id):
        raise OwnHouseholdError(field=field)


def check_account_elsewhere(session: Session, actor: Actor, user_id: UUID) -> None:
    """Refuse with OwnHouseholdError to empower, stop or let in anew somebody with whom the actor lives."""
    if any(user_id in accounts_of_home(session, home) for home in actor.homes):
        raise OwnHouseholdError


def accounts_of_home(session: Session, household_id: UUID) -> set[UUID]:
    """Give the accounts of those to whom a household is a home, as ``Actor.homes`` says of staff."""
    return accounts_of_homes(session, [household_id]).get(household_id, set())


def accounts_of_homes(session: Session, household_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Give them of those of some households that have any; in one statement, none where none is asked for."""
    found = defaultdict[UUID, set[UUID]](set)
    if household_ids:
        asked = {"household_ids": list(household_ids), "since": now() - STILL_AT_HOME}
        for household_id, user_id in session.execute(_AT_HOMES, asked):
            found[household_id].add(user_id)
    return dict(found)


def homes_of(session: Session, user_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Give the homes of those of some users who have any, as ``accounts_of_home`` says; in one statement."""
    asked = {"user_ids": list(user_ids), "since": now() - STILL_AT_HOME}
    found = defaultdict[UUID, set[UUID]](set)
    for user_id, household_id in session.execute(_HOMES_OF_MANY, asked):
        found[user_id].add(household_id)
    return dict(found)


def lives_in(session: Session, user_id: UUID, household_id: UUID) -> bool:
    """Say whether an account is of somebody who lives in a household now; hold its binding until the end."""
    query = (
        select(Binding.id)
        .join(Resident, Resident.id == Binding.resident_id)
        .where(Binding.user_id == user_id, Binding.ended_at.is_(None), Resident.household_id == household_id)
    )
    return session.scalars(query.with_for_update(read=True, of=Binding)).first() is not None
