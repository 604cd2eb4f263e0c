"""Photos, and the records that name them."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Big, Id
from app.models.freezing import Freezable


class Quarantine(enum.StrEnum):
    """Why a photo that arrived is held back."""

    VIRUS = "virus"
    """The scanner found one; a person may say that it is none."""
    UNSCANNED = "unscanned"
    """The scanner did not answer; a job asks again."""


class Photo(Base):
    """A picture that arrived; rebuilt from pixels, its capture facts kept privately as evidence."""

    __tablename__ = "photos"
    __table_args__ = (
        Index("ix_photos_pending", "received_at", postgresql_where="compared_at IS NULL"),
        Index("ix_photos_quarantine", "received_at", postgresql_where="quarantine IS NOT NULL"),
    )
    id: Mapped[Id]
    sha256: Mapped[bytes] = mapped_column(index=True)
    """Of the bytes as sent: the same photo again is seen, and so is its reuse."""
    is_signature: Mapped[bool] = mapped_column(default=False, server_default="false")
    """It shows somebody's name in his hand, and nothing else: it is compared with nothing."""
    width: Mapped[int]
    height: Mapped[int]
    taken_at: Mapped[datetime | None]
    gps_lng: Mapped[float | None]
    gps_lat: Mapped[float | None]
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    received_at: Mapped[datetime]
    compared_at: Mapped[datetime | None]
    """When it was looked up among all others; None while that is pending."""
    quarantine: Mapped[Quarantine | None]
    """While it is held back it counts as not arrived; None of what may be shown."""
    virus: Mapped[str] = mapped_column(default="", server_default="")
    """What the scanner calls that which it found."""


class PhotoPrint(Base):
    """What a photo is recognised by: the prints of its picture, as it is and cut."""

    __tablename__ = "photo_prints"
    __table_args__ = (
        Index(
            "ix_photo_prints_bands", "bands", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
        ),
    )
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"), primary_key=True)
    cut_percent: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    edges: Mapped[Big]
    waves: Mapped[Big]
    bands: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """The print of edges in pieces of 16 bits, each with its place: near ones share a piece, or nearly."""


class MatchKind(enum.StrEnum):
    """Why two photos are thought to be one."""

    EXACT = "exact"
    """The same bytes were sent."""
    LIKELY = "likely"
    """The pictures look alike, perhaps mirrored, turned or cut."""


class MatchVerdict(enum.StrEnum):
    """What a person found who looked at both photos."""

    REUSE = "reuse"
    NOT_REUSE = "not_reuse"


class PhotoMatch(Base):
    """Two photos that may be one: for people to look at, nothing follows by itself."""

    __tablename__ = "photo_matches"
    __table_args__ = (
        UniqueConstraint("photo_id", "earlier_id"),
        CheckConstraint("(settled_at IS NULL) = (verdict IS NULL)", name="settled_with_verdict"),
        Index("ix_photo_matches_open", "id", postgresql_where="settled_at IS NULL"),
    )
    id: Mapped[Id]
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"))
    earlier_id: Mapped[UUID] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"), index=True)
    """The one that arrived first."""
    kind: Mapped[MatchKind]
    found_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    verdict: Mapped[MatchVerdict | None]
    note: Mapped[str] = mapped_column(default="")


class PhotoOwner(enum.StrEnum):
    """Kinds of records that name photos."""

    INSPECTION = "inspection"
    HAZARD = "hazard"
    HAZARD_EVENT = "hazard_event"
    VISIT = "visit"
    CLAIM = "claim"
    SIGNATURE = "signature"
    """A visit, of what who was visited signed with on the worker's phone."""
    SPOT_CHECK = "spot_check"
    """What somebody found who looked again."""


class PhotoLink(Freezable, Base):
    """A record names a photo, which may not have arrived yet ("photos 1 of 3"): so no foreign key."""

    __tablename__ = "photo_links"
    __table_args__ = (
        Index("ix_photo_links_photo_id", "photo_id"),
        Index("ix_photo_links_area_code", "area_code"),
        Index(
            "uq_photo_links_signature",
            "photo_id",
            "named_by",
            unique=True,
            postgresql_where="record_kind = 'signature'",
        ),
    )
    record_id: Mapped[Id]
    photo_id: Mapped[Id]
    record_kind: Mapped[PhotoOwner]
    area_code: Mapped[AreaCode]
    position: Mapped[int]
    named_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    """Who made the record: only a photo that he sent himself counts as the one he named."""
