"""What a viewing ticket is about, in words: whoever decides on it reads nothing of the record."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.actors import Actor
from app.identity import naming
from app.models import ViewingTicket
from app.people import ToldMinor, told_minors
from app.places import area_names


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
    minors = told_minors(session, actor, {row.resident_id for row in rows})
    areas = area_names(session, {row.area_code for row in rows})
    return [
        ToldTicket(
            row,
            areas[row.area_code],
            people[row.user_id].over(row.area_code),
            minors.get(row.resident_id),
        )
        for row in rows
    ]
