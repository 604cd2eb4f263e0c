"""A copy of everything held of oneself, or of one's ward: asked for, made by a job, fetched, deleted.

PIPL, art. 45; 未成年人网络保护条例, art. 34. The file is ready within a day and lasts for 72 hours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app import notices
from app.actors import Actor
from app.adapters import CopyMissingError, PhotoStore
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.identity import invitations
from app.models import NOT_HIM, Binding, NoticeKind, OwnCopy, User
from app.once import content_hash, insert_once, made_before
from app.own_data.packing import pack
from app.own_data.whose import whose_data
from app.people import ward
from app.sealed_files import FileKey, SealingSink, opened
from app.sealing import Cell, Sealer

log = structlog.get_logger()
LIFE = timedelta(hours=72)
MADE_WITHIN = timedelta(hours=24)
"""How long making a copy is tried; then it ends, for as long as it is open no other one can be asked for."""


class CopyOpenError(DomainError):
    """A copy of the same data was asked for before and has not ended yet."""

    code = "copy_open"
    kind = Kind.CONFLICT


class CopyNotReadyError(DomainError):
    """The copy is still being made."""

    code = "copy_not_ready"
    kind = Kind.CONFLICT


class CopyOverError(DomainError):
    """The copy's 72 hours are over, or it could not be made within a day; ask for another."""

    code = "copy_over"
    kind = Kind.GONE


@dataclass(frozen=True)
class CopyFile:
    """A copy's bytes, and how many."""

    size: int
    pieces: Iterator[bytes]


def ask_copy(
    session: Session, actor: Actor, photos: PhotoStore, copy_id: UUID, *, ward_id: UUID | None = None
) -> tuple[OwnCopy, bool]:
    """Ask for a copy of all that is held of the actor, or of his ward; one that is over stands in no way.

    Raises NotFoundError for somebody else's child, CopyOpenError, OtherContentError, InvitedLatelyError.
    """
    assert actor.user_id is not None, "who asks is signed in"
    sent = content_hash(actor.user_id, ward_id)
    first = made_before(session, OwnCopy, copy_id, sent, author=OwnCopy.asked_by, by=actor.user_id)
    if first is not None:
        return first, False
    invitations.check_settled(session, actor)
    user = session.get_one(User, actor.user_id)
    area_code = user.area_code
    if ward_id is not None:
        area_code = ward(session, actor.resident_id, ward_id).area_code
    _end_over(session, photos, actor.user_id, ward_id)
    return insert_once(
        session,
        OwnCopy,
        copy_id,
        sent,
        taken=CopyOpenError(),
        area_code=area_code,
        asked_by=actor.user_id,
        ward_id=ward_id,
        asked_at=now(),
    )


def copies(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[OwnCopy]:
    """List the copies that the actor asked for, the newest first."""
    query = select(OwnCopy).where(OwnCopy.asked_by == actor.user_id).order_by(OwnCopy.id.desc()).limit(limit)
    if after is not None:
        query = query.where(OwnCopy.id < after)
    return list(session.scalars(query))


def copy_file(session: Session, actor: Actor, sealer: Sealer, photos: PhotoStore, copy_id: UUID) -> CopyFile:
    """Open a copy's file for whoever asked for it, a guardian only while he is one.

    What was made for somebody as a resident whom staff found him not to be is over.

    Raises NotFoundError, InvitedLatelyError, CopyNotReadyError, CopyOverError.
    """
    found = session.get(OwnCopy, copy_id, populate_existing=True)
    if found is None or found.asked_by != actor.user_id:
        raise NotFoundError
    if found.ward_id is not None:
        ward(session, actor.resident_id, found.ward_id)
    invitations.check_settled(session, actor)
    if found.ended_at is not None or _is_over(session, found):
        raise CopyOverError
    if found.key_sealed is None or found.size is None:
        raise CopyNotReadyError
    key = FileKey.parse(found.id, sealer.open(found.key_sealed, _cell(found)))
    try:
        return CopyFile(found.size, opened(photos.copies.pieces(found.id), key))
    except CopyMissingError:
        raise CopyOverError from None


def _end_over(session: Session, photos: PhotoStore, user_id: UUID, ward_id: UUID | None) -> None:
    """End a copy that nobody may fetch any more, before the job does: else it would keep out the next one.

    One that is being made is left alone, and not waited for.
    """
    ready = session.scalars(
        select(OwnCopy)
        .where(
            OwnCopy.asked_by == user_id,
            OwnCopy.ward_id.is_not_distinct_from(ward_id),
            OwnCopy.ready_at.is_not(None),
            OwnCopy.ended_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if ready is not None and _is_over(session, ready):
        end_copy(photos, ready)
        session.flush()


def _is_over(session: Session, copy: OwnCopy) -> bool:
    """Say whether a copy's time is over, or it was made of somebody who he turned out not to be."""
    if copy.expires_at is not None and copy.expires_at <= now():
        return True
    return copy.ward_id is None and _was_somebody_else(session, copy)


def _was_somebody_else(session: Session, copy: OwnCopy) -> bool:
    """Say whether a binding that staff found wrong or in dispute was in force since the copy was asked for.

    Not only when it was ready: it may show what stood there when making it began.
    """
    if copy.ready_at is None:
        return False
    wrong = exists().where(
        Binding.user_id == copy.asked_by,
        Binding.end_reason.in_(NOT_HIM),
        Binding.begun_at <= copy.ready_at,
        Binding.ended_at >= copy.asked_at,
    )
    return bool(session.scalar(select(wrong)))


def waiting_copies(session: Session) -> list[UUID]:
    """Give the copies that are to be made, the oldest first."""
    query = select(OwnCopy.id).where(OwnCopy.ready_at.is_(None), OwnCopy.ended_at.is_(None))
    return list(session.scalars(query.order_by(OwnCopy.asked_at, OwnCopy.id)))


def make_copy(session: Session, sealer: Sealer, photos: PhotoStore, copy_id: UUID) -> bool:
    """Write the file of a copy and say that it is ready; False if it was made or ended meanwhile.

    A guardian who is none any more gets nothing: the copy ends.
    """
    copy = session.get_one(OwnCopy, copy_id, with_for_update=True, populate_existing=True)
    if copy.ready_at is not None or copy.ended_at is not None:
        return False
    try:
        whose = whose_data(session, copy.asked_by, copy.ward_id)
    except NotFoundError:
        end_copy(photos, copy)
        return False
    key = FileKey.new(copy.id, sealer.suite)
    with photos.copies.writer(copy.id) as file:
        sink = SealingSink(file, key)
        pack(session, sealer, photos, whose, sink, of_ward=copy.ward_id is not None)
    copy.ready_at, copy.expires_at, copy.size = now(), now() + LIFE, sink.size
    copy.key_sealed = sealer.seal(str(key), _cell(copy))
    _tell(session, copy, "copy_ready")
    return True


def end_copies(session: Session, photos: PhotoStore, *, limit: int) -> int:
    """Delete files and keys of copies whose time is over, and give up those not made in time; give how many.

    Whoever waits for one that is given up is told.
    """
    too_late = OwnCopy.ready_at.is_(None) & (OwnCopy.asked_at <= now() - MADE_WITHIN)
    over = session.scalars(
        select(OwnCopy)
        .where(OwnCopy.ended_at.is_(None), or_(OwnCopy.expires_at <= now(), too_late))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for copy in over:
        end_copy(photos, copy)
        if copy.ready_at is None:
            log.error("copy_given_up", copy_id=str(copy.id))
            _tell(session, copy, "copy_not_made")
    return len(over)


def end_copy(photos: PhotoStore, copy: OwnCopy) -> None:
    """Delete a copy's file and key."""
    photos.copies.delete(copy.id)
    copy.key_sealed, copy.ended_at = None, now()


def _tell(session: Session, copy: OwnCopy, what: str) -> None:
    """Tell whoever asked, if he belongs somewhere."""
    if copy.area_code is not None:
        notices.post(session, NoticeKind.OWN_DATA, to=copy.asked_by, area_code=copy.area_code, what=what)


def _cell(copy: OwnCopy) -> Cell:
    return Cell("own_copies", "key_sealed", copy.id)
