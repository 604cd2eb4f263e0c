"""Copies of their data that people asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Big, Id, Sealed


class OwnCopy(Base):
    """A copy of all that is held of a person, for himself or his guardian, until its file is deleted."""

    __tablename__ = "own_copies"
    __table_args__ = (
        Index(
            "uq_own_copies_open",
            "asked_by",
            "ward_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode | None]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    """Who gets it, and nobody else."""
    ward_id: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"), index=True)
    """Whose data it is, if not his own."""
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    size: Mapped[Big | None]
    """Bytes of the file as it is handed over."""
    key_sealed: Mapped[Sealed | None]
    """Key of its file; when it goes, nobody can read what may be left of the file."""
    ended_at: Mapped[datetime | None]
    """When key and file were deleted."""
    content_hash: Mapped[bytes]
