"""Keeping photos: files first, the row that names them second, so that a row never lacks its files."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import PurePosixPath
from uuid import UUID

from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from app.actors import Actor, Scope
from app.adapters import PhotoConflictError, PhotoStore, photo_key
from app.clock import SHANGHAI, now
from app.errors import NotFoundError, OtherContentError
from app.evidence.links import NamedPhoto
from app.evidence.pictures import check_signature, prepare
from app.evidence.quarantine import judged
from app.evidence.sealed_links import COPIES
from app.models import FROZEN_TOO, Photo, PhotoLink, PhotoOwner
from app.people import Category, ConsentChangedError, NoBasisError, check_given

_UUID_SIGNS = 36


@dataclass(frozen=True)
class SeenPhoto(NamedPhoto):
    """A photo somebody may see; its size in pixels is that of the large copy, None until it has arrived."""

    width: int | None
    height: int | None
    quarantined: bool = False
    """It is here and need not be sent again, and is held back."""

    @classmethod
    def of(cls, photo_id: UUID, photo: Photo | None) -> "SeenPhoto":
        """Describe a photo by its row, or by the lack of one."""
        if photo is None:
            return cls(photo_id, arrived=False, width=None, height=None)
        if photo.quarantine is not None:
            return cls(photo_id, arrived=False, width=None, height=None, quarantined=True)
        return cls(photo_id, arrived=True, width=photo.width, height=photo.height)


def keep(
    session: Session,
    store: PhotoStore,
    actor: Actor,
    photo_id: UUID,
    data: bytes,
    *,
    check_new: Callable[[], None] = lambda: None,
    is_signature: bool = False,
) -> tuple[Photo, bool]:
    """Keep a sent photo, rebuilt from its pixels; give it, and whether it is new.

    ``check_new`` may refuse a photo that is not there yet, before the work on its pixels; one sent again was
    judged when it arrived.

    Whoever touches an id's files holds the id's lock until his transaction ends: parallel copies wait, then
    find the row. A crash before the commit leaves files without a row, which ``sweep_orphans`` removes.

    Raises NotAPictureError, TooManyPixelsError, BrokenPictureError, OtherContentError if the id was used for
    other bytes or by somebody else, NotFoundError if only others' records name it, and NoBasisError or
    ConsentChangedError for a resident who did not agree to send photos.
    """
    sha256 = hashlib.sha256(data).digest()
    session.execute(select(func.pg_advisory_xact_lock(_lock_number(photo_id))))
    first = session.get(Photo, photo_id, populate_existing=True)
    if first is None:
        _check_may_send(session, actor, photo_id)
        check_given(session, actor, Category.PHOTO)
        check_new()
        keep_new = _keep_signature if is_signature else _keep_new
        return keep_new(session, store, actor, photo_id, data), True
    if (first.sha256, first.uploaded_by, first.is_signature) != (sha256, actor.user_id, is_signature):
        raise OtherContentError(id=photo_id)
    return first, False


def _check_may_send(session: Session, actor: Actor, photo_id: UUID) -> None:
    """Refuse with NotFoundError whoever sends a photo that only others' records name: its place is theirs.

    Where only frozen records name it nobody may: they are kept as they were, whoever sent them is gone.
    """
    query = select(PhotoLink.named_by, PhotoLink.frozen_by).where(PhotoLink.photo_id == photo_id)
    named = session.execute(query, execution_options={FROZEN_TOO: True}).all()
    if named and (actor.user_id, None) not in [(by, frozen_by) for by, frozen_by in named]:
        raise NotFoundError


def _keep_new(session: Session, store: PhotoStore, actor: Actor, photo_id: UUID, data: bytes) -> Photo:
    picture = prepare(data)
    held, virus = judged(store, data)
    _replace(store, photo_key(photo_id, "large"), picture.large)
    _replace(store, photo_key(photo_id, "thumb"), picture.thumb)
    lng, lat = picture.gps if picture.gps and _may_locate(session, actor) else (None, None)
    photo = Photo(
        id=photo_id,
        sha256=bytes.fromhex(picture.sha256),
        width=picture.width,
        height=picture.height,
        # A camera's clock knows no zone; phones here run on Chinese time.
        taken_at=picture.taken_at.replace(tzinfo=SHANGHAI) if picture.taken_at else None,
        gps_lng=lng,
        gps_lat=lat,
        uploaded_by=actor.user_id,
        received_at=now(),
        quarantine=held,
        virus=virus,
    )
    session.add(photo)
    session.flush()
    return photo


def _keep_signature(session: Session, store: PhotoStore, actor: Actor, photo_id: UUID, data: bytes) -> Photo:
    """Keep a signature: nothing is told by where or when it was drawn, and it is compared with nothing.

    Raises SignatureUnfitError besides for what is no small drawing.
    """
    check_signature(data)
    photo = _keep_new(session, store, actor, photo_id, data)
    photo.is_signature, photo.compared_at = True, photo.received_at
    photo.gps_lng = photo.gps_lat = photo.taken_at = None
    session.flush()
    return photo


def _may_locate(session: Session, actor: Actor) -> bool:
    """Say whether where the camera was may be kept; without a basis the photo is kept without it."""
    try:
        check_given(session, actor, Category.POSITION)
    except (NoBasisError, ConsentChangedError):
        return False
    return True


def _replace(store: PhotoStore, key: str, data: bytes) -> None:
    """Store a file of an id without a row: other bytes under its key are left from a crash."""
    try:
        store.put(key, data)
    except PhotoConflictError:
        store.delete(key)
        store.put(key, data)


def photo_in_reach(
    session: Session,
    actor: Actor,
    photo_id: UUID,
    reach: Mapping[PhotoOwner, Scope],
    *,
    records: Collection[UUID] = (),
) -> SeenPhoto:
    """Give a photo that the actor uploaded, or that a record within ``reach`` names, arrived or not.

    ``reach`` says per kind of record how far the actor reads it; kinds it lacks open nothing. ``records`` are
    others that he reads.

    Raises NotFoundError for any other, and for signatures, which nothing shows but what was signed.
    """
    photo = session.get(Photo, photo_id)
    if photo is not None and photo.is_signature:
        raise NotFoundError
    if photo is not None and actor.user_id is not None and photo.uploaded_by == actor.user_id:
        return SeenPhoto.of(photo_id, photo)
    readable = [
        and_(PhotoLink.record_kind == kind, scope.clause(PhotoLink.area_code))
        for kind, scope in reach.items()
    ]
    readable.append(PhotoLink.record_id.in_(records))
    named = exists().where(PhotoLink.photo_id == photo_id, or_(*readable))
    if photo is not None:
        named = named.where(PhotoLink.named_by.is_not_distinct_from(photo.uploaded_by))
    if not session.scalar(select(named)):
        raise NotFoundError
    return SeenPhoto.of(photo_id, photo)


def is_shown(session: Session, photo_id: UUID) -> bool:
    """Say whether a photo is there to be shown: not held back, and not gone; its files go a night later."""
    photo = session.get(Photo, photo_id)
    return photo is not None and photo.quarantine is None


def forget(session: Session, store: PhotoStore, photo_ids: Collection[UUID]) -> int:
    """Delete photos at once, rows, files and where they were named; give how many.

    Files go first: whoever is interrupted finds the rows again.
    """
    for photo_id in photo_ids:
        session.execute(select(func.pg_advisory_xact_lock(_lock_number(photo_id))))
        for copy in COPIES:
            store.delete(photo_key(photo_id, copy))
    session.execute(delete(PhotoLink).where(PhotoLink.photo_id.in_(photo_ids)))
    session.execute(delete(Photo).where(Photo.id.in_(photo_ids)))
    return len(photo_ids)


def old_files(store: PhotoStore, older_than: datetime, *, size: int) -> Iterator[list[str]]:
    """Go through the files written before a moment, once, and give them in batches for ``sweep_orphans``."""
    keys = store.older_than(older_than)
    while batch := list(islice(keys, size)):
        yield batch


def sweep_orphans(session: Session, store: PhotoStore, keys: Sequence[str]) -> int:
    """Remove those of the files that no photo's row names; give how many.

    Safe beside uploads: a file goes only under its photo's lock, which an upload holds until it commits. So
    give it few at a time, and only old ones: a row may be on its way.
    """
    orphans = _without_row(session, {_photo_id(key) for key in keys})
    removed = 0
    for key in keys:
        if _photo_id(key) in orphans and _still_without_row(session, _photo_id(key)):
            store.delete(key)
            removed += 1
    return removed


def _without_row(session: Session, photo_ids: Collection[UUID]) -> set[UUID]:
    return set(photo_ids) - set(session.scalars(select(Photo.id).where(Photo.id.in_(photo_ids))))


def _still_without_row(session: Session, photo_id: UUID) -> bool:
    """Look again under the lock; where an upload holds it, the file is no orphan yet."""
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_lock_number(photo_id)))):
        return False
    return bool(_without_row(session, {photo_id}))


def _photo_id(key: str) -> UUID:
    return UUID(PurePosixPath(key).name[:_UUID_SIGNS])


def _lock_number(photo_id: UUID) -> int:
    """Give the number of the id's advisory lock: its last 64 bits, random in every kind of UUID we take."""
    return int.from_bytes(photo_id.bytes[8:], signed=True)
