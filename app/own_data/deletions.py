"""Deletion of what is held of oneself or one's ward: asked for, done or refused with reasons in writing.

PIPL, art. 47 and 50; 未成年人网络保护条例, art. 34. Nobody decides for himself or for his own household.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import DomainError, Kind
from app.identity import changed_ages
from app.models import Deletion, DeletionKind, OwnRequestState
from app.once import content_hash, insert_once, made_before
from app.own_data import requests
from app.own_data.deleting import delete_data
from app.own_data.whose import resident_meant
from app.people import (
    GuardianNeededError,
    is_child,
    keep_changed_numbers,
    number_indexes,
    takes_minors_number,
)
from app.sealing import Sealer


class DeletionOpenError(DomainError):
    """The same deletion was asked for already, and nobody has decided yet."""

    code = "deletion_open"
    kind = Kind.CONFLICT


class OwnDeletionError(DomainError):
    """Nobody decides about a deletion for himself or his own household."""

    code = "own_deletion"
    kind = Kind.FORBIDDEN


_DELETIONS = requests.RequestKind(Deletion, "deletion", OwnDeletionError)


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
    row, made = insert_once(
        session,
        Deletion,
        deletion_id,
        sent,
        taken=DeletionOpenError(field="what"),
        what=new.what,
        **requests.new_request(actor, resident),
    )
    if made:
        requests.tell_admins(session, _DELETIONS, row, "asked")
    return row, made


def withdraw_deletion(session: Session, actor: Actor, deletion_id: UUID) -> Deletion:
    """Take back a request of the actor's own; again changes nothing.

    Raises NotFoundError, IllegalStepError once it was decided.
    """
    return requests.withdraw(session, actor, _DELETIONS, deletion_id)


def approve_deletion(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    deletion_id: UUID,
    *,
    note: str,
    approval_id: UUID | None = None,
) -> Deletion:
    """Delete what may go, keep what the law keeps, and tell who asked; the same again changes nothing.

    A minor's ID number goes only with the approval of a second person (``identity.minor_ages``).

    Raises NotFoundError, OwnDeletionError, AskerGoneError, IllegalStepError, KeptByLawError, and what
    ``identity.use_approval`` raises.
    """
    row, resident = requests.to_decide(session, actor, _DELETIONS, deletion_id)
    if not requests.is_decided(row, actor, OwnRequestState.DONE, note):
        requests.check_asker(session, row)
        if row.what is DeletionKind.NUMBERS and takes_minors_number(resident):
            changed_ages.agreed_to_age(
                session, actor, resident, request_id=deletion_id, approval_id=approval_id
            )
        indexes = number_indexes(resident)
        figures = delete_data(session, sealer, resident, row.what)
        keep_changed_numbers(session, resident, indexes, by=actor.user_id)
        row.deleted, row.kept = figures.deleted, figures.kept
        requests.decide(session, actor, _DELETIONS, row, OwnRequestState.DONE, note)
    return row


def refuse_deletion(session: Session, actor: Actor, deletion_id: UUID, *, note: str) -> Deletion:
    """Say no and why, and tell who asked; the same again changes nothing.

    Raises NotFoundError, OwnDeletionError, IllegalStepError.
    """
    return requests.refuse(session, actor, _DELETIONS, deletion_id, note=note)


def own_deletions(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[Deletion]:
    """List what the actor asked for, the newest first."""
    return requests.asked_by_actor(session, actor, _DELETIONS, after=after, limit=limit)


def deletions(
    session: Session, actor: Actor, *, state: OwnRequestState | None = None, after: UUID | None, limit: int
) -> list[Deletion]:
    """List the requests that lie before the actor, the newest first, on request of one state."""
    return requests.asked_in_scope(session, actor, _DELETIONS, state=state, after=after, limit=limit)


def remind_of_deletions(session: Session, *, limit: int) -> int:
    """Tell the admins, once, of requests whose time is nearly over; give of how many."""
    return requests.remind(session, _DELETIONS, limit=limit)
