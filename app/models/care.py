"""Care records: residents somebody looks after, how often, and who."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id
from app.models.household import Resident


class CareCategory(enum.StrEnum):
    """Groups of work point 10: the three left-behind groups and special-difficulty people."""

    ELDERLY = "elderly"
    DISABLED = "disabled"
    LEFT_BEHIND_CHILD = "left_behind_child"
    LEFT_BEHIND_WOMAN = "left_behind_woman"
    DESTITUTE = "destitute"
    MONITORED = "monitored"


class CareLevel(enum.StrEnum):
    """How urgent the care is; it sets how often somebody calls."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    GENERAL = "general"


class CareRecord(Base):
    """A resident, why he is looked after, how often, by whom, and when the next visit is due."""

    __tablename__ = "care_records"
    __table_args__ = (
        CheckConstraint("every_days BETWEEN 1 AND 92", name="every_days"),
        Index("ix_care_records_area_code_next_due_on", "area_code", "next_due_on", "id"),
        Index("ix_care_records_worker_id_next_due_on", "worker_id", "next_due_on", "id"),
        Index(
            "uq_care_records_open",
            "resident_id",
            "category",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    category: Mapped[CareCategory]
    level: Mapped[CareLevel]
    every_days: Mapped[int]
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    last_visited_on: Mapped[date | None]
    next_due_on: Mapped[date]
    content_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    resident: Mapped[Resident] = relationship(lazy="raise")
