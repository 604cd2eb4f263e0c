"""What it takes to undo a change of the roster: what it did, and whether all of it is still so."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import DomainError, Kind
from app.models import Relation, RosterChange
from app.moves.outlook import Homes, Outlook
from app.moves.steps import Step
from app.people import history
from app.sealing import Sealer


class NotUndoableError(DomainError):
    """A change of this kind is not undone, or is a part of another one, or its words are gone by now."""

    code = "not_undoable"
    kind = Kind.CONFLICT


class AlreadyUndoneError(DomainError):
    """The change was undone before."""

    code = "already_undone"
    kind = Kind.CONFLICT


class RosterMovedOnError(DomainError):
    """Somebody whom the change was about moved or changed since, or the household did."""

    code = "roster_moved_on"
    kind = Kind.CONFLICT


class PointsMovedOnError(DomainError):
    """The points that went along were spent since, or others came to them (data: ``points``, ``left``)."""

    code = "points_moved_on"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Asked:
    """A change that somebody wants undone, and whether only to see what that does."""

    session: Session
    actor: Actor
    sealer: Sealer
    change: RosterChange
    locked: bool
    """Whether it is done: then all that it touches is locked before it is looked at."""


@dataclass(frozen=True)
class Undoing:
    """What undoing a change does, how it is done, and how it stands in the history."""

    outlook: Outlook
    carry_out: Callable[[Step], None]
    written: Callable[[], history.Change]
    """Asked for when all is done."""


Look = Callable[[Asked], Undoing]


@dataclass(frozen=True)
class Part:
    """What a step with whole households changed of somebody: where he is since, and what he was and is."""

    resident_id: UUID
    household_id: UUID
    former_id: UUID | None
    before: Relation
    after: Relation


def rows_of(asked: Asked, *household_ids: UUID) -> list[RosterChange]:
    """Give what a change left of its parts in the history of these households."""
    part_of = RosterChange.data["part_of"].astext == str(asked.change.id)
    here = RosterChange.household_id.in_(household_ids)
    return list(asked.session.scalars(select(RosterChange).where(here, part_of).order_by(RosterChange.id)))


def parts_of(asked: Asked, rows: Collection[RosterChange]) -> list[Part]:
    """Give what it changed of people. Raises NotUndoableError once its words are gone."""
    parts = []
    for row in rows:
        if row.resident_id is None:
            continue
        said = history.said_in(asked.sealer, row)
        if not (said["before"] and said["after"]):
            raise NotUndoableError
        before, after = (Relation(said[when]["relation"]) for when in ("before", "after"))
        parts.append(Part(row.resident_id, row.household_id, row.former_id, before, after))
    return parts


def about_people(found: Homes, parts: Collection[Part]) -> list[DomainError]:
    """Give whether each of them still is where the change put him, as what it said."""
    now = {one.id: (one.household_id, one.relation) for one in found.residents}
    as_left = all(now.get(one.resident_id) == (one.household_id, one.after) for one in parts)
    return [] if as_left else [RosterMovedOnError()]
