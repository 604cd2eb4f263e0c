"""Exports of a community's roster, each approved by a second person."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Big, Id, Sealed


class RosterColumn(enum.StrEnum):
    """What a file of the roster may tell of each resident, in the order of its columns."""

    AREA = "area"
    PLACE = "place"
    DOOR = "door"
    NAME = "name"
    RELATION = "relation"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    PRESENCE = "presence"
    PHONE = "phone"
    ID_NUMBER = "id_number"


class RosterExport(Base):
    """A file of residents for one person, fetched once; its row stays to prove who took what out, and why."""

    __tablename__ = "roster_exports"
    __table_args__ = (
        CheckConstraint("approved_by <> asked_by", name="two_people"),
        CheckConstraint("fetched_at IS NULL OR key_sealed IS NULL", name="fetched_without_key"),
        CheckConstraint("ended_at IS NULL OR key_sealed IS NULL", name="ended_without_key"),
        Index("ix_roster_exports_asked_by_id", "asked_by", "id"),
        Index("ix_roster_exports_open", "asked_at", "id", postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    """The community, or the grid of it, whose residents stand in the file."""
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    """Who gets it, and nobody else."""
    approved_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[str]
    """The approval's reason; it stands in the file."""
    columns: Mapped[list[str]]
    """Words of ``RosterColumn``, in their order."""
    clear: Mapped[bool]
    """Whether numbers of adults stand there in full."""
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    row_count: Mapped[int | None]
    """Residents in the file."""
    size: Mapped[Big | None]
    """Bytes of the file as it is handed over."""
    key_sealed: Mapped[Sealed | None]
    """Key of its file; it goes with the first fetch, and then nobody can read what is left of the file."""
    fetched_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When the file was deleted."""
    content_hash: Mapped[bytes]
