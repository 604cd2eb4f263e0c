"""Photos, and the records that name them."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id
from app.models.freezing import Freezable


class Photo(Base):
    """A picture that arrived; rebuilt from pixels, its capture facts kept privately as evidence."""

    __tablename__ = "photos"
    id: Mapped[Id]
    sha256: Mapped[bytes] = mapped_column(index=True)
    """Of the bytes as sent: the same photo again is seen, and so is its reuse."""
    width: Mapped[int]
    height: Mapped[int]
    taken_at: Mapped[datetime | None]
    gps_lng: Mapped[float | None]
    gps_lat: Mapped[float | None]
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    received_at: Mapped[datetime]


class PhotoOwner(enum.StrEnum):
    """Kinds of records that name photos."""

    INSPECTION = "inspection"
    HAZARD = "hazard"
    HAZARD_EVENT = "hazard_event"
    VISIT = "visit"
    CLAIM = "claim"


class PhotoLink(Freezable, Base):
    """A record names a photo, which may not have arrived yet ("photos 1 of 3"): so no foreign key."""

    __tablename__ = "photo_links"
    __table_args__ = (Index("ix_photo_links_photo_id", "photo_id"),)
    record_id: Mapped[Id]
    photo_id: Mapped[Id]
    record_kind: Mapped[PhotoOwner]
    area_code: Mapped[AreaCode]
    position: Mapped[int]
    named_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    """Who made the record: only a photo that he sent himself counts as the one he named."""
