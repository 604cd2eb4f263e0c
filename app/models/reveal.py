"""Reveals: who saw a resident's number in clear, and what for."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id


class RevealField(enum.StrEnum):
    """The numbers that are masked unless they are revealed."""

    PHONE = "phone"
    ID_NUMBER = "id_number"


class Reveal(Base):
    """One look at one number of one resident."""

    __tablename__ = "reveals"
    __table_args__ = (Index("ix_reveals_user_id_revealed_at", "user_id", "revealed_at"),)
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    field: Mapped[RevealField]
    purpose: Mapped[str]
    """In the reader's own words, without numbers of people."""
    revealed_at: Mapped[datetime]
