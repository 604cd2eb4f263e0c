"""Which records name which photos, whether or not these have arrived."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import Photo, PhotoLink, PhotoOwner

MAX_PHOTOS = 9
"""Per record, as in a WeChat post; an inspection has as many for each answer besides, and ``MOST_PHOTOS``."""
MOST_PHOTOS = 60
"""Of an inspection with its answers, so that a list of a hundred stays small enough to be sent."""


@dataclass(frozen=True)
class NamedPhoto:
    """A photo that a record names."""

    photo_id: UUID
    arrived: bool


def link_photos(
    session: Session,
    kind: PhotoOwner,
    record_id: UUID,
    area_code: str,
    photo_ids: Sequence[UUID],
    *,
    by: UUID | None,
) -> None:
    """Note that a record made by somebody names these photos, in this order.

    Naming one again changes nothing. Naming another's photo shows nothing of it.
    """
    if not photo_ids:
        return
    rows = [
        {
            "record_id": record_id,
            "photo_id": photo_id,
            "record_kind": kind,
            "area_code": area_code,
            "position": position,
            "named_by": by,
        }
        for position, photo_id in enumerate(dict.fromkeys(photo_ids))
    ]
    session.execute(insert(PhotoLink).values(rows).on_conflict_do_nothing())


def link_signature(
    session: Session, record_id: UUID, area_code: str, photo_id: UUID, *, by: UUID | None
) -> bool:
    """Note that a record made by somebody names a signature; say no where he named it for another one."""
    row = {
        "record_id": record_id,
        "photo_id": photo_id,
        "record_kind": PhotoOwner.SIGNATURE,
        "area_code": area_code,
        "position": 0,
        "named_by": by,
    }
    statement = insert(PhotoLink).values(row).on_conflict_do_nothing().returning(PhotoLink.record_id)
    return session.scalar(statement) is not None


def counts_as_arrived() -> ColumnElement[bool]:
    """Say that its namer sent a photo, a visitor being nobody on both sides, and that it is not held back.

    Nothing shows a signature but what names it as one.
    """
    sent = Photo.uploaded_by.is_not_distinct_from(PhotoLink.named_by) & Photo.quarantine.is_(None)
    return sent & (Photo.is_signature == (PhotoLink.record_kind == PhotoOwner.SIGNATURE))


_NAMED = (
    select(PhotoLink.record_id, PhotoLink.photo_id, Photo.id)
    .outerjoin(Photo, (Photo.id == PhotoLink.photo_id) & counts_as_arrived())
    .where(
        PhotoLink.record_id.in_(bindparam("records", expanding=True)),
        PhotoLink.record_kind != PhotoOwner.SIGNATURE,
    )
    .order_by(PhotoLink.record_id, PhotoLink.position)
)


def photos_of(session: Session, record_ids: Collection[UUID]) -> dict[UUID, list[NamedPhoto]]:
    """Give the photos that each of these records names, in order: one query however many records."""
    named: dict[UUID, list[NamedPhoto]] = {record_id: [] for record_id in record_ids}
    if not record_ids:
        return named
    rows = session.execute(_NAMED, {"records": record_ids})
    for record_id, photo_id, arrived in rows:
        named[record_id].append(NamedPhoto(photo_id, arrived is not None))
    return named


def signature_of(session: Session, record_id: UUID) -> NamedPhoto | None:
    """Give the signature that a record names, if it names one."""
    query = (
        select(PhotoLink.photo_id, Photo.id)
        .outerjoin(Photo, (Photo.id == PhotoLink.photo_id) & counts_as_arrived())
        .where(PhotoLink.record_id == record_id, PhotoLink.record_kind == PhotoOwner.SIGNATURE)
    )
    found = session.execute(query).one_or_none()
    return None if found is None else NamedPhoto(found[0], found[1] is not None)


def lacks_photos(record_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Say that a record names photos that have not arrived."""
    arrived = exists().where(Photo.id == PhotoLink.photo_id, counts_as_arrived())
    shown = PhotoLink.record_kind != PhotoOwner.SIGNATURE
    return exists().where(PhotoLink.record_id == record_id, shown, ~arrived)
