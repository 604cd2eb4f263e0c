"""What a guardianship is about, in words: whoever verifies it compares a document with two names.

Both are those of the roster now, which each reader of guardianships may look up; who lives where his function
does not reach is not named.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.models import Guardianship, Resident
from app.people.ages import AgeGroup, age_group
from app.people.guardians import is_minor, last_day_as_minor
from app.people.listings import residents_reached


@dataclass(frozen=True)
class ToldResident:
    """Somebody of the roster, and where he lives."""

    name: str
    age_group: AgeGroup
    place: str
    door: str


@dataclass(frozen=True)
class ToldGuardianship:
    """A guardianship and its two people; None for whom the reader does not reach."""

    guardianship: Guardianship
    child: ToldResident | None
    guardian: ToldResident | None
    minor: Resident
    """The child as it stands on the roster, whoever reaches it."""

    @property
    def until_of_age(self) -> bool:
        """Say whether it lasts until a minor is of age: its last day then tells the day of birth."""
        last = last_day_as_minor(self.minor.birth_date)
        return is_minor(self.minor) and self.guardianship.valid_until >= last


def told_guardianships(
    session: Session, actor: Actor, rows: Sequence[Guardianship]
) -> list[ToldGuardianship]:
    """Say whom guardianships that the actor may see are about, all by the same few statements."""
    if not rows:
        return []
    wanted = {one for row in rows for one in (row.child_id, row.guardian_id)}
    people = {
        one.id: ToldResident(one.name, age_group(one), one.household.place.name, one.household.door)
        for one in residents_reached(session, actor, wanted)
    }
    children = select(Resident).where(Resident.id.in_({row.child_id for row in rows}))
    minors = {one.id: one for one in session.scalars(children)}
    return [
        ToldGuardianship(row, people.get(row.child_id), people.get(row.guardian_id), minors[row.child_id])
        for row in rows
    ]
