"""A minor in words, as far as whoever decides about him needs it: he reads nothing of the record.

He gets the name as a public list shows it, the age group that the roster shows in place of a birthday, and
the building; no door, and nothing of why the minor is looked after.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.people.ages import AgeGroup, age_group
from app.people.listings import residents_reached
from app.people.names import masked
from app.places import area_names


@dataclass(frozen=True)
class ToldMinor:
    """Whom it is about."""

    name: str
    """Masked."""
    age_group: AgeGroup
    area_name: str
    """Where he lives now, which need not be where it was asked any more."""
    place: str


def told_minors(session: Session, actor: Actor, resident_ids: Collection[UUID]) -> dict[UUID, ToldMinor]:
    """Say who these are, by their ids; not of whoever lives where the reader's function does not reach."""
    if not resident_ids:
        return {}
    reached = residents_reached(session, actor, resident_ids)
    areas = area_names(session, {one.area_code for one in reached})
    return {
        one.id: ToldMinor(masked(one.name), age_group(one), areas[one.area_code], one.household.place.name)
        for one in reached
    }
