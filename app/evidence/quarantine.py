"""Photos that are held back: a virus was found in what was sent, or nobody could look for one.

They are kept, and count as not arrived wherever photos are shown, counted or handed out. What the scanner
found stays held until a person says that it is none; where it did not answer, a job asks again (ASVS 5.4.3).
"""

from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.adapters import PhotoMissingError, PhotoStore, ScannerError, photo_key
from app.errors import NotFoundError
from app.models import Photo, Quarantine

log = structlog.get_logger()
_MOST_NAME = 200


def judged(store: PhotoStore, data: bytes) -> tuple[Quarantine | None, str]:
    """Have bytes scanned: give why the photo is to be held back, if it is, and the virus that was found."""
    if store.scanner is None:
        return None, ""
    try:
        virus = store.scanner.virus_in(data)
    except ScannerError as error:
        log.warning("scanner_failed", error=str(error))
        return Quarantine.UNSCANNED, ""
    if virus is None:
        return None, ""
    log.warning("virus_found", virus=virus[:_MOST_NAME])
    return Quarantine.VIRUS, virus[:_MOST_NAME]


def scan_again(session: Session, store: PhotoStore, *, limit: int) -> int:
    """Scan what could not be scanned when it came, in no order; give how many were.

    What was sent is not kept as it was, but drawn anew: so the copies are scanned that would be shown. At the
    first failure the rest waits for the next run, which begins with others. Without a scanner nothing is let
    through.
    """
    if store.scanner is None:
        return 0
    waiting = (
        select(Photo)
        .where(Photo.quarantine == Quarantine.UNSCANNED)
        .order_by(func.random())
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    done = 0
    for photo in session.scalars(waiting).all():
        held, virus = _copies_judged(store, photo.id)
        if held is Quarantine.UNSCANNED:
            break
        photo.quarantine, photo.virus = held, virus
        done += 1
    session.flush()
    return done


def _copies_judged(store: PhotoStore, photo_id: UUID) -> tuple[Quarantine | None, str]:
    """Scan the large copy, of which the small one is made; where its file is gone nothing is shown."""
    try:
        return judged(store, store.get(photo_key(photo_id, "large")))
    except PhotoMissingError:
        return None, ""


def held_back(session: Session, *, limit: int) -> list[Photo]:
    """List what is held back, the oldest first."""
    query = select(Photo).where(Photo.quarantine.is_not(None))
    return list(session.scalars(query.order_by(Photo.received_at, Photo.id).limit(limit)))


def release(session: Session, photo_id: UUID) -> None:
    """Let a photo be shown, which a person looked into. Raises NotFoundError if none such is held back."""
    _held(session, photo_id).quarantine = None


def discard(session: Session, photo_id: UUID) -> None:
    """Delete a photo that is held back; its files go with the next sweep, and its records lack it.

    Raises NotFoundError if none such is held back.
    """
    session.delete(_held(session, photo_id))


def _held(session: Session, photo_id: UUID) -> Photo:
    query = select(Photo).where(Photo.id == photo_id, Photo.quarantine.is_not(None)).with_for_update()
    photo = session.scalars(query).one_or_none()
    if photo is None:
        raise NotFoundError
    return photo
