"""Residents who cannot leave their home by themselves: known before a fire, not found in it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id
from app.models.household import Resident


class EscapeHelp(Base):
    """Somebody who needs others to get out; nothing of why."""

    __tablename__ = "escape_helps"
    __table_args__ = (
        CheckConstraint("helpers BETWEEN 1 AND 4", name="helpers"),
        Index("ix_escape_helps_area_code_id", "area_code", "id"),
        Index("ix_escape_helps_ended_by", "ended_by", postgresql_where=text("ended_by IS NOT NULL")),
        Index("uq_escape_helps_open", "resident_id", unique=True, postgresql_where=text("ended_on IS NULL")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"), index=True)
    helpers: Mapped[int]
    """How many people it takes."""
    noted_on: Mapped[date]
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    ended_on: Mapped[date | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    content_hash: Mapped[bytes]
    resident: Mapped[Resident] = relationship(lazy="raise")
