"""Occurrences: one inspection that a plan asks for, at one place, in one period."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id
from app.models.inspection import Inspection
from app.models.place import Place
from app.models.plan import Plan

_WAITS = "done_at IS NULL"


class OccurrenceState(enum.StrEnum):
    """Where an occurrence stands, as its times say; nobody sets it."""

    UPCOMING = "upcoming"
    OPEN = "open"
    OVERDUE = "overdue"
    """Due, and still in its window."""
    MISSED = "missed"
    DONE = "done"
    """Somebody was there within the window, be it after it was due."""
    LATE = "late"
    """Filed after its window with a reason."""


class Occurrence(Base):
    """Made ahead by a job, resolved by evidence: by an inspection of that place captured in its window."""

    __tablename__ = "occurrences"
    __table_args__ = (
        UniqueConstraint("plan_id", "place_id", "period_on"),
        CheckConstraint("opens_at < due_at AND due_at <= missed_at", name="window"),
        CheckConstraint("(done_at IS NULL) = (inspection_id IS NULL)", name="done_by_evidence"),
        Index("ix_occurrences_area_code_opens_at_id", "area_code", "opens_at", "id"),
        Index("ix_occurrences_place_id_opens_at", "place_id", "opens_at"),
        Index("ix_occurrences_worker_id_opens_at", "worker_id", "opens_at"),
        Index("ix_occurrences_opens_at_id", "opens_at", "id"),
        Index("ix_occurrences_worker_id_missed_at", "worker_id", "missed_at", postgresql_where=text(_WAITS)),
        Index("ix_occurrences_missed_at", "missed_at", postgresql_where=text(_WAITS)),
        Index(
            "ix_occurrences_to_miss",
            "missed_at",
            postgresql_where=text(f"{_WAITS} AND missed_told_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    place_id: Mapped[UUID] = mapped_column(ForeignKey("places.id"))
    checklist_area_code: Mapped[AreaCode]
    checklist_code: Mapped[str]
    period_on: Mapped[date]
    """The day in China on which it opens."""
    opens_at: Mapped[datetime]
    due_at: Mapped[datetime]
    missed_at: Mapped[datetime]
    """From this moment on an inspection comes too late."""
    original_worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    """Whose place it was when it was made, whoever does it."""
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """None where nobody of the community has a post for it; changed by ``hand_to`` alone."""
    earlier_hands: Mapped[list[dict[str, Any]]] = mapped_column(
        default=list, server_default=text("'[]'::jsonb")
    )
    """Who had it before and until when, the first one first: ``worker_id`` or None, ``until``."""
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    """When that inspection happened."""
    inspection_id: Mapped[UUID | None] = mapped_column(ForeignKey("inspections.id"), index=True)
    missed_told_at: Mapped[datetime | None]
    """When the admins were told; an inspection of the window may still arrive later."""
    place: Mapped[Place] = relationship(lazy="raise")
    plan: Mapped[Plan] = relationship(lazy="raise")
    inspection: Mapped[Inspection | None] = relationship(lazy="raise")

    def hand_to(self, worker_id: UUID | None, at: datetime) -> None:
        """Give it to somebody, or to nobody, at a moment; until when it was whose stays on record."""
        if worker_id == self.worker_id:
            return
        former_id = None if self.worker_id is None else str(self.worker_id)
        self.earlier_hands = [*self.earlier_hands, {"worker_id": former_id, "until": at.isoformat()}]
        self.worker_id = worker_id

    def state(self, at: datetime) -> OccurrenceState:
        """Say where it stands at a moment."""
        if self.done_at is not None:
            return OccurrenceState.DONE if self.done_at < self.missed_at else OccurrenceState.LATE
        if at < self.opens_at:
            return OccurrenceState.UPCOMING
        if at < self.missed_at:
            return OccurrenceState.OPEN if at <= self.due_at else OccurrenceState.OVERDUE
        return OccurrenceState.MISSED

    @property
    def on_time(self) -> bool | None:
        """Say whether it was done before it was due; None while it is not done."""
        return None if self.done_at is None else self.done_at <= self.due_at


class ToldOpening(Base):
    """On which day a worker was told what opens: one notice a day, however many schedulers run."""

    __tablename__ = "told_openings"
    __table_args__ = (UniqueConstraint("worker_id", "day"), Index("ix_told_openings_day", "day"))
    id: Mapped[Id]
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    day: Mapped[date]


class AbsenceReason(enum.StrEnum):
    """Why somebody is away, in a word: nothing of his health or his home is written down."""

    LEAVE = "leave"
    TRAINING = "training"
    OTHER_DUTY = "other_duty"
    OTHER = "other"


class Absence(Base):
    """Days on which another does a worker's occurrences."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="span"),
        CheckConstraint("substitute_id <> worker_id", name="two_people"),
        Index("ix_absences_area_code_id", "area_code", "id"),
        Index("ix_absences_worker_id_from_on", "worker_id", "from_on"),
        Index(
            "ix_absences_untold", "area_code", postgresql_where="left_told_on IS NULL AND ended_at IS NULL"
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    """The community in which another stands in."""
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    substitute_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    """The last day, included."""
    reason: Mapped[AbsenceReason]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was taken back, or ended before its last day."""
    left_told_on: Mapped[date | None]
    """Since it began, when it was told which hazards lie with whoever is away; none while it is to come."""
    content_hash: Mapped[bytes]
