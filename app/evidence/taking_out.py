"""A photo taken out of the product, with what is known of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.evidence.matches import NamingRecord, Reach, photos_in_reach
from app.models import Area, Hazard, HazardEvent, Inspection, Photo, PhotoOwner, Place, SpotCheck


@dataclass(frozen=True)
class TakenOut:
    """A photo, a record within reach that names it, and where that was made."""

    photo_id: UUID
    received_at: datetime
    width: int
    height: int
    record: NamingRecord
    area_name: str
    place_name: str | None
    """None of a claim, which has no place."""


def take_out(session: Session, photo_id: UUID, reach: Reach) -> TakenOut:
    """Give what is known of a photo that a record within reach names.

    Raises NotFoundError for any other, and for what tells of harm to a minor.
    """
    seen = photos_in_reach(session, [photo_id], reach).get(photo_id)
    if seen is None:
        raise NotFoundError
    photo, record = session.get_one(Photo, photo_id), seen.records[0]
    area_name = session.scalars(select(Area.name).where(Area.code == record.area_code)).one()
    return TakenOut(
        photo_id,
        photo.received_at,
        photo.width,
        photo.height,
        record,
        area_name,
        _place_name(session, record),
    )


def _place_name(session: Session, record: NamingRecord) -> str | None:
    places = {
        PhotoOwner.INSPECTION: select(Inspection.place_id).where(Inspection.id == record.record_id),
        PhotoOwner.HAZARD: select(Hazard.place_id).where(Hazard.id == record.record_id),
        PhotoOwner.HAZARD_EVENT: select(Hazard.place_id)
        .join(HazardEvent, HazardEvent.hazard_id == Hazard.id)
        .where(HazardEvent.id == record.record_id),
        PhotoOwner.SPOT_CHECK: select(SpotCheck.place_id).where(SpotCheck.id == record.record_id),
    }
    which = places.get(record.kind)
    if which is None:
        return None
    return session.scalars(select(Place.name).where(Place.id == which.scalar_subquery())).one_or_none()
