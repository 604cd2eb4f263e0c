"""Places, and the printed codes that name them."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id


class PlaceKind(enum.StrEnum):
    """Kinds of places that carry a code (work points 10, 15)."""

    RESIDENTIAL = "residential"
    WORKSHOP = "workshop"
    FACTORY = "factory"
    INDUSTRIAL_PARK = "industrial_park"
    HANDICRAFT = "handicraft"
    CANTEEN = "canteen"
    SHOP = "shop"
    PUBLIC_FACILITY = "public_facility"
    SLOPE = "slope"
    ROAD = "road"


class Place(Base):
    """Anything with a QR code on it."""

    __tablename__ = "places"
    __table_args__ = (
        CheckConstraint("radius_m BETWEEN 5 AND 5000", name="radius"),
        CheckConstraint("(route_code IS NULL) = (route_position IS NULL)", name="on_a_route"),
        Index("ix_places_area_code_name", "area_code", "name"),
        Index("ix_places_plain_name", text("plain_door(name)"), "area_code"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    kind: Mapped[PlaceKind]
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    lng: Mapped[float | None]
    """WGS-84, like ``lat``; None where nobody measured it."""
    lat: Mapped[float | None]
    radius_m: Mapped[int] = mapped_column(default=80)
    route_code: Mapped[AreaCode | None]
    """The area whose route it is on; ``app/places/routes.py`` is the only writer of both."""
    route_position: Mapped[int | None]
    """Its place on that route, from 1."""
    content_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    code_in_use: Mapped["PlaceCode | None"] = relationship(
        primaryjoin="and_(PlaceCode.place_id == Place.id, PlaceCode.revoked_at.is_(None))",
        lazy="raise",
        uselist=False,
        viewonly=True,
    )
    """What hangs there, loaded where it is shown; None where nothing does."""


class PlaceCode(Base):
    """One printed code of a place; a lost sheet is revoked and the next version printed."""

    __tablename__ = "place_codes"
    __table_args__ = (
        UniqueConstraint("place_id", "version"),
        Index("uq_place_codes_active", "place_id", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("places.id"))
    version: Mapped[int]
    serial: Mapped[str] = mapped_column(unique=True)
    """Nine random base-62 signs: what the sheet carries, with a signature behind."""
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    revoked_reason: Mapped[str | None]
    place: Mapped[Place] = relationship(lazy="raise")
