"""Care records: residents somebody looks after, how often, and who; and what was changed of that."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id, Sealed
from app.models.household import Resident
from app.models.weather import WeatherAlert


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


class Willingness(enum.StrEnum):
    """Whether and how somebody wants to be visited."""

    YES = "yes"
    PHONE_ONLY = "phone_only"
    REFUSES = "refuses"


class SaidBy(enum.StrEnum):
    """Who said it."""

    RESIDENT = "resident"
    GUARDIAN = "guardian"
    FAMILY = "family"


class LeavingReason(enum.StrEnum):
    """Why somebody is looked after no more."""

    DIED = "died"
    MOVED_AWAY = "moved_away"
    NOT_IN_CATEGORY = "not_in_category"
    REFUSED = "refused"
    OF_AGE = "of_age"
    OTHER = "other"


class CareStep(enum.StrEnum):
    """What is done to a care record."""

    OPEN = "open"
    LEVEL = "level"
    WORKER = "worker"
    SUBSTITUTE = "substitute"
    WILLINGNESS = "willingness"
    CONTACTS = "contacts"
    END = "end"


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
        Index(
            "ix_care_records_not_told",
            "id",
            postgresql_where=text("not_reached > 0 AND escalated_at IS NULL AND ended_on IS NULL"),
        ),
        Index(
            "ix_care_records_substitute_id",
            "substitute_id",
            postgresql_where=text("substitute_id IS NOT NULL"),
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    category: Mapped[CareCategory]
    level: Mapped[CareLevel]
    every_days: Mapped[int]
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    substitute_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who does it while the worker is away and nobody stands in for him, or has no post there any more."""
    willingness: Mapped[Willingness | None]
    """None until somebody asked."""
    willing_on: Mapped[date | None]
    willing_speaker: Mapped[SaidBy | None]
    contacts_sealed: Mapped[Sealed | None]
    """JSON: whom to call in an emergency, the first one first; None where nobody is known."""
    hands_told_on: Mapped[date | None]
    """When it was last told that the worker cannot do it, to the substitute or else the admins."""
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_why: Mapped[LeavingReason | None]
    last_visited_on: Mapped[date | None]
    not_reached: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many visits in a row, up to the last one, reached nobody."""
    escalated_at: Mapped[datetime | None]
    """When the admins were told of the last one of them."""
    next_due_on: Mapped[date]
    regular_due_on: Mapped[date | None]
    """When the visit would be due but for the weather; None where nothing brings it forward."""
    alert_id: Mapped[UUID | None] = mapped_column(ForeignKey("weather_alerts.id"))
    """The alert that brings it forward."""
    content_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    resident: Mapped[Resident] = relationship(lazy="raise")
    alert: Mapped[WeatherAlert | None] = relationship(lazy="raise")


class CareEvent(Base):
    """One change of a care record, append-only: what, by whom, when and why."""

    __tablename__ = "care_events"
    __table_args__ = (
        Index("ix_care_events_care_record_id_id", "care_record_id", "id"),
        Index("ix_care_events_area_code_id", "area_code", "id"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    care_record_id: Mapped[UUID] = mapped_column(ForeignKey("care_records.id"))
    step: Mapped[CareStep]
    actor_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]
    day: Mapped[date]
    """The business day on which it holds from, as somebody said or as it was done."""
    data: Mapped[dict[str, Any]]
    """What held before and what holds now, by column."""
    reason_sealed: Mapped[Sealed | None]
    """None once its time was over (app/retention), or where nobody gave one."""
    content_hash: Mapped[bytes]
