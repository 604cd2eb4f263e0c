"""What shows that a phone was at a place when a record was made: each a signal, none a proof."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Big, Id


class Challenge(Base):
    """A word of the server for one person, place and phone, good for a quarter of an hour and one record."""

    __tablename__ = "challenges"
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("places.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    device_id: Mapped[UUID]
    nonce: Mapped[str] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    record_id: Mapped[UUID | None] = mapped_column(index=True)
    """The record that it came with; photos of it that arrive after the end are looked at by a person."""
    used_at: Mapped[datetime | None]
    content_hash: Mapped[bytes]


class WitnessCode(Base):
    """Somebody at a place shows codes there, another each half minute, to whoever comes."""

    __tablename__ = "witness_codes"
    __table_args__ = (Index("ix_witness_codes_place_id_shown_at", "place_id", "shown_at"),)
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("places.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    """Who shows it."""
    shown_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    content_hash: Mapped[bytes]


class WitnessUse(Base):
    """A code of one half minute came with a record; it is good for that one only.

    It names the showing without a foreign key: each goes when its own ninety days are over.
    """

    __tablename__ = "witness_uses"
    __table_args__ = (UniqueConstraint("witness_code_id", "window"),)
    id: Mapped[Id]
    witness_code_id: Mapped[UUID]
    window: Mapped[Big]
    """Half minutes since 1970."""
    visitor_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    record_id: Mapped[UUID]
    used_at: Mapped[datetime]


class DeviceMark(Base):
    """From which installation of the app a record of the staff came, and as which one of its counting."""

    __tablename__ = "device_marks"
    __table_args__ = (
        Index("ix_device_marks_device_id_counter", "device_id", "counter"),
        Index("ix_device_marks_area_code_received_at", "area_code", "received_at"),
    )
    id: Mapped[Id]
    """The record's."""
    area_code: Mapped[AreaCode]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    device_id: Mapped[UUID]
    counter: Mapped[Big]
    captured_at: Mapped[datetime]
    received_at: Mapped[datetime]
