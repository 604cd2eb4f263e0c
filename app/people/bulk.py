"""Registering many people at once, as an import does: by the rules of ``register``, in a few statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.errors import NotFoundError
from app.ids import new_id
from app.models import Household, Resident, RosterChangeKind
from app.once import content_hash
from app.people.history import Change, keep_changes
from app.people.numbers import FIRST_ENTRY, Numbers, sealed_numbers
from app.people.register import NewHousehold, NewResident, check_birth_date
from app.people.sounds import found_by
from app.sealing import Sealer


@dataclass(frozen=True)
class Entry:
    """A resident to be registered, and where he lives: ``person.household_id`` may be made on the way.

    The area is the building's; nobody under 14 has numbers before a guardian agreed, which takes an entry.
    """

    id: UUID
    area_code: str
    home: NewHousehold
    person: NewResident
    numbers: Numbers


def register_all(session: Session, actor: Actor, sealer: Sealer, entries: Sequence[Entry]) -> set[UUID]:
    """Register residents of residential buildings, and their households where there are none yet.

    Gives the ids of those who were: whoever would be a second head, or has somebody else's ID number, is not.
    Who is there under this id already is not again.

    Raises NotFoundError for an area outside the actor's, BirthDateError.
    """
    if any(not actor.scope.covers(area_code) for area_code in {entry.area_code for entry in entries}):
        raise NotFoundError
    for entry in entries:
        check_birth_date(entry.person.birth_date)
    homes = _households(session, actor, entries)
    at = now()
    rows = [_row(actor, sealer, entry, homes[entry.home], at=at) for entry in entries]
    if not rows:
        return set()
    statement = insert(Resident).on_conflict_do_nothing().returning(Resident.id)
    made = set(session.scalars(statement, rows))
    changes = (
        Change(RosterChangeKind.CREATED, row["area_code"], row["household_id"], row["id"])
        for row in rows
        if row["id"] in made
    )
    keep_changes(session, changes, by=actor.user_id)
    return made


def _households(
    session: Session, actor: Actor, entries: Sequence[Entry]
) -> dict[NewHousehold, tuple[UUID, bool]]:
    """Give the household of each home, and whether it was entered long ago; make those that are missing."""
    wanted = {entry.home: entry.area_code for entry in entries}
    found = _found(session, wanted)
    missing: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "area_code": area_code,
            "place_id": home.place_id,
            "door": home.door,
            "content_hash": content_hash(actor.user_id, home),
            "created_at": now(),
        }
        for home, area_code in wanted.items()
        if home not in found
    ]
    if missing:
        statement = insert(Household).on_conflict_do_nothing().returning(Household.id)
        made = set(session.scalars(statement, missing))
        changes = (
            Change(RosterChangeKind.CREATED, row["area_code"], row["id"])
            for row in missing
            if row["id"] in made
        )
        keep_changes(session, changes, by=actor.user_id)
        found = _found(session, wanted)
    return found


def _found(session: Session, homes: Collection[NewHousehold]) -> dict[NewHousehold, tuple[UUID, bool]]:
    """Find households, held behind their doors until the end: one that moves takes its people along."""
    doors = [(home.place_id, home.door) for home in homes]
    query = (
        select(Household.id, Household.place_id, Household.door, Household.created_at)
        .where(tuple_(Household.place_id, Household.door).in_(doors), Household.closed_on.is_(None))
        .order_by(Household.id)
        .with_for_update(read=True)
    )
    since = now() - FIRST_ENTRY
    return {
        NewHousehold(place_id, door): (household_id, created_at < since)
        for household_id, place_id, door, created_at in session.execute(query)
    }


def _row(
    actor: Actor, sealer: Sealer, entry: Entry, household: tuple[UUID, bool], *, at: datetime
) -> dict[str, Any]:
    """Give the columns of a resident; in a household of long ago, numbers are somebody's writing."""
    household_id, is_entered = household
    person = replace(entry.person, household_id=household_id)
    marks = {
        f"{kind}_{what}": value if is_entered and getattr(entry.numbers, kind) is not None else None
        for kind in ("phone", "id_number")
        for what, value in (("at", at), ("by", actor.user_id))
    }
    return {
        **person.columns(),
        **sealed_numbers(sealer, entry.id, entry.area_code, entry.numbers),
        **marks,
        "id": entry.id,
        "area_code": entry.area_code,
        "sounds": found_by(entry.area_code, person.name),
        "content_hash": content_hash(actor.user_id, person),
        "created_at": at,
    }
