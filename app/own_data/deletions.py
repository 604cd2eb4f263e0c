"""Deletion of what is held of oneself or one's ward: asked for, done or refused with reasons in writing.

PIPL, art. 47 and 50; 未成年人网络保护条例, art. 34. Nobody decides for himself or for his own household.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app import identity, notices
from app.actors import Actor, Role
from app.clock import now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.models import Deletion, DeletionKind, DeletionState, NoticeKind, Resident
from app.once import content_hash, insert_once, made_before
from app.own_data.corrections import DECIDED_WITHIN, REMINDED_BEFORE
from app.own_data.deleting import delete_data
from app.own_data.whose import resident_meant
from app.people import GuardianNeededError, is_child
from app.sealing import Sealer


class DeletionOpenError(DomainError):
    """The same deletion was asked for already, and nobody has decided yet."""

    code = "deletion_open"
    kind = Kind.CONFLICT


class OwnDeletionError(DomainError):
    """Nobody decides about a deletion for himself or his own household."""

    code = "own_deletion"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class NewDeletion:
    """What is to go; ``resident_id`` is his ward, or None for himself."""

    what: DeletionKind
    resident_id: UUID | None = None


def ask_deletion(
    session: Session, actor: Actor, deletion_id: UUID, new: NewDeletion
) -> tuple[Deletion, bool]:
    """Ask the community to delete something; its admins are told.

    Raises NotFoundError for somebody without a place on the roster or somebody else's child,
    GuardianNeededError for a child under 14, DeletionOpenError, OtherContentError.
    """
    assert actor.user_id is not None, "a view for signed-in people"
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Deletion, deletion_id, sent, author=Deletion.asked_by, by=actor.user_id)
    if first is not None:
        return first, False
    resident = resident_meant(session, actor, new.resident_id)
    if resident.id == actor.resident_id and is_child(resident):
        raise GuardianNeededError
    at = now()
    row, made = insert_once(
        session,
        Deletion,
        deletion_id,
        sent,
        taken=DeletionOpenError(field="what"),
        area_code=resident.area_code,
        asked_by=actor.user_id,
        resident_id=resident.id,
        what=new.what,
        asked_at=at,
        due_at=at + DECIDED_WITHIN,
        state=DeletionState.OPEN,
        decision_note="",
    )
    if made:
        _tell_admins(session, row, "deletion_asked")
    return row, made


def withdraw_deletion(session: Session, actor: Actor, deletion_id: UUID) -> Deletion:
    """Take back a request of the actor's own; again changes nothing.

    Raises NotFoundError, IllegalStepError once it was decided.
    """
    row = _locked(session, Deletion.id == deletion_id, Deletion.asked_by == actor.user_id)
    if row.state is not DeletionState.WITHDRAWN:
        row.advance(DeletionState.WITHDRAWN)
        row.decided_by, row.decided_at = actor.user_id, now()
    return row


def approve_deletion(
    session: Session, actor: Actor, sealer: Sealer, deletion_id: UUID, *, note: str
) -> Deletion:
    """Delete what may go, keep what the law keeps, and tell who asked; the same again changes nothing.

    Raises NotFoundError, OwnDeletionError, IllegalStepError, KeptByLawError.
    """
    row, resident = _to_decide(session, actor, deletion_id)
    if not _is_decided(row, actor, DeletionState.DONE, note):
        figures = delete_data(session, sealer, resident, row.what)
        row.deleted, row.kept = figures.deleted, figures.kept
        _decide(session, actor, row, DeletionState.DONE, note)
    return row


def refuse_deletion(session: Session, actor: Actor, deletion_id: UUID, *, note: str) -> Deletion:
    """Say no and why, and tell who asked; the same again changes nothing.

    Raises NotFoundError, OwnDeletionError, IllegalStepError.
    """
    row, _ = _to_decide(session, actor, deletion_id)
    if not _is_decided(row, actor, DeletionState.REFUSED, note):
        _decide(session, actor, row, DeletionState.REFUSED, note)
    return row


def own_deletions(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[Deletion]:
    """List what the actor asked for, the newest first."""
    return _listed(session, Deletion.asked_by == actor.user_id, after=after, limit=limit)


def deletions(
    session: Session, actor: Actor, *, state: DeletionState | None = None, after: UUID | None, limit: int
) -> list[Deletion]:
    """List the requests of the actor's areas, the newest first, on request of one state."""
    which = actor.scope.clause(Deletion.area_code)
    if state is not None:
        which &= Deletion.state == state
    return _listed(session, which, after=after, limit=limit)


def remind_of_deletions(session: Session, *, limit: int) -> int:
    """Tell the admins, once, of requests whose time is nearly over; give of how many."""
    soon = session.scalars(
        select(Deletion)
        .where(
            Deletion.state == DeletionState.OPEN,
            Deletion.due_at <= now() + REMINDED_BEFORE,
            Deletion.reminded_at.is_(None),
        )
        .order_by(Deletion.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in soon:
        row.reminded_at = now()
        _tell_admins(session, row, "deletion_due")
    return len(soon)


def _to_decide(session: Session, actor: Actor, deletion_id: UUID) -> tuple[Deletion, Resident]:
    """Give a request of somebody else and the resident it is about, both locked."""
    row = _locked(session, Deletion.id == deletion_id, actor.scope.clause(Deletion.area_code))
    resident = session.get_one(Resident, row.resident_id, with_for_update=True, populate_existing=True)
    if not actor.scope.covers(resident.area_code):
        raise NotFoundError
    own_home = actor.household_id is not None and actor.household_id == resident.household_id
    if own_home or row.asked_by == actor.user_id:
        raise OwnDeletionError
    return row, resident


def _is_decided(row: Deletion, actor: Actor, to: DeletionState, note: str) -> bool:
    """Say whether this very decision was made before. Raises IllegalStepError if another one was."""
    if row.state is DeletionState.OPEN:
        return False
    if (row.state, row.decided_by, row.decision_note) == (to, actor.user_id, note):
        return True
    raise IllegalStepError(now=row.state, asked=to)


def _decide(session: Session, actor: Actor, row: Deletion, to: DeletionState, note: str) -> None:
    row.advance(to)
    row.decided_by, row.decided_at, row.decision_note = actor.user_id, now(), note
    session.flush()
    _tell(session, row, row.asked_by, f"deletion_{to}")


def _tell_admins(session: Session, row: Deletion, what: str) -> None:
    admins = identity.holders(session, row.area_code, {Role.COMMUNITY_ADMIN})
    for admin in sorted(admins - {row.asked_by}):
        _tell(session, row, admin, what)


def _tell(session: Session, row: Deletion, to: UUID, what: str) -> None:
    notices.post(session, NoticeKind.OWN_DATA, to=to, area_code=row.area_code, what=what, deletion_id=row.id)


def _locked(session: Session, *which: ColumnElement[bool]) -> Deletion:
    row = session.scalars(
        select(Deletion).where(*which).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def _listed(
    session: Session, which: ColumnElement[bool], *, after: UUID | None, limit: int
) -> list[Deletion]:
    query = select(Deletion).where(which).order_by(Deletion.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Deletion.id < after)
    return list(session.scalars(query))
