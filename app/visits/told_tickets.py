"""What a viewing ticket is about, in words: whoever decides on it reads nothing of the record.

Of the minor he gets what a decision takes and no more: the name as a public list shows it, the age group that
the roster shows in place of a birthday, and the building; no door, and nothing of why he is looked after.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.actors import Actor
from app.identity import naming
from app.models import ViewingTicket
from app.people import AgeGroup, age_group, masked, residents_reached
from app.places import area_names


@dataclass(frozen=True)
class ToldMinor:
    """Whose record it is, as far as whoever decides needs it."""

    name: str
    """Masked."""
    age_group: AgeGroup
    area_name: str
    """Where he lives now, which need not be the ticket's area any more."""
    place: str


@dataclass(frozen=True)
class ToldTicket:
    """A ticket, who asks, and of whom."""

    ticket: ViewingTicket
    area_name: str
    asker: naming.Named
    """With his posts over the ticket's area."""
    minor: ToldMinor | None
    """None once he lives where the reader's function does not reach."""


def told_tickets(session: Session, actor: Actor, rows: Sequence[ViewingTicket]) -> list[ToldTicket]:
    """Say what tickets that the actor may see are about, with as many statements for one as for many."""
    if not rows:
        return []
    people = naming.named(session, {row.user_id for row in rows})
    reached = residents_reached(session, actor, {row.resident_id for row in rows})
    areas = area_names(session, {row.area_code for row in rows} | {one.area_code for one in reached})
    minors = {
        one.id: ToldMinor(masked(one.name), age_group(one), areas[one.area_code], one.household.place.name)
        for one in reached
    }
    return [
        ToldTicket(
            row,
            areas[row.area_code],
            people[row.user_id].over(row.area_code),
            minors.get(row.resident_id),
        )
        for row in rows
    ]
