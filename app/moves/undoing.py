"""A change of the roster is undone: exactly what it did goes back, unless the world moved on (ADR 0027)."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import NotFoundError
from app.models import RosterChange, RosterChangeKind
from app.moves.merging import look_at_merge
from app.moves.outlook import Outlook
from app.moves.reversals import AlreadyUndoneError, Asked, Look, NotUndoableError, Undoing
from app.moves.splitting import look_at_split
from app.moves.steps import begun
from app.moves.two_again import look_at_same_person
from app.sealing import Sealer

_WAYS: Mapping[tuple[RosterChangeKind, bool], Look] = {
    (RosterChangeKind.SPLIT, False): look_at_split,
    (RosterChangeKind.MERGED, False): look_at_merge,
    (RosterChangeKind.SAME_PERSON, True): look_at_same_person,
}
"""How a change of a household, or of a person, is looked at by whoever would undo it."""


def undo(session: Session, actor: Actor, sealer: Sealer, change_id: UUID, step_id: UUID) -> RosterChange:
    """Undo a change. The same again changes nothing.

    Raises NotFoundError, NotUndoableError, AlreadyUndoneError, OtherContentError, and what keeps this kind of
    change from being undone.
    """
    step = begun(session, actor, sealer, step_id, "undo", change_id)
    if (first := step.taken()) is not None:
        return first
    undoing = _looked_at(session, actor, sealer, change_id, locked=True)
    if (first := step.taken()) is not None:
        return first
    undoing.outlook.check()
    undoing.carry_out(step)
    return step.keep(undoing.written(), undoes_id=change_id)


def preview_undoing(session: Session, actor: Actor, sealer: Sealer, change_id: UUID) -> Outlook:
    """Say what undoing a change would do, and what stands in its way.

    Raises NotFoundError, NotUndoableError.
    """
    return _looked_at(session, actor, sealer, change_id, locked=False).outlook


def _looked_at(session: Session, actor: Actor, sealer: Sealer, change_id: UUID, *, locked: bool) -> Undoing:
    which = (RosterChange.id == change_id, actor.scope.clause(RosterChange.area_code))
    change = session.scalars(select(RosterChange).where(*which)).one_or_none()
    if change is None:
        raise NotFoundError
    look = _WAYS.get((change.kind, change.resident_id is not None))
    if look is None or "part_of" in change.data:
        raise NotUndoableError
    undoing = look(Asked(session, actor, sealer, change, locked))
    if session.scalars(select(RosterChange.id).where(RosterChange.undoes_id == change_id)).first():
        undoing.outlook.obstacles.insert(0, AlreadyUndoneError())
    return undoing
