"""Plans: which places are inspected with which checklist, how often, and by whom."""

import enum
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id
from app.models.place import PlaceKind


class PlanFrequency(enum.StrEnum):
    """How often (domain.md, inspections)."""

    DAILY = "daily"
    EVERY_N_DAYS = "every_n_days"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class OnDayOff(enum.StrEnum):
    """What becomes of a period that falls on a day off; make-up days are worked."""

    KEEP = "keep"
    SKIP = "skip"
    MOVE = "move"
    """To the next day that is worked; what meets there is done once."""


class Plan(Base):
    """Inspections that come again, as the community wants them from now on."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint("due_after_min > 0 AND missed_after_min >= 0", name="window"),
        CheckConstraint("ends_on >= starts_on", name="validity"),
        CheckConstraint("(frequency = 'every_n_days') = (every_days IS NOT NULL)", name="every_days"),
        Index("ix_plans_area_code_id", "area_code", "id"),
        Index("ix_plans_made_until", "made_until"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    """A community or a grid: the places lie in it."""
    title: Mapped[str]
    checklist_area_code: Mapped[AreaCode]
    """With ``checklist_code`` the name of all versions of a list and of its copies (``Checklist.owner``).

    What serves a place then is filled.
    """
    checklist_code: Mapped[str]
    kind: Mapped[PlaceKind]
    """The checklist's, so that of the places, too."""
    place_ids: Mapped[list[str]] = mapped_column(default=list)
    """Empty: all places of the kind in the area, also those to come."""
    frequency: Mapped[PlanFrequency]
    every_days: Mapped[int | None]
    anchor_on: Mapped[date | None]
    """The day from which every so many days are counted; None counts from ``starts_on``."""
    days: Mapped[list[int]] = mapped_column(default=list)
    """Weekdays, 1 to 7, or days of the month; a month that has no 31st has it on its last day."""
    opens: Mapped[time]
    """Time of day in China."""
    due_after_min: Mapped[int]
    """From the opening on."""
    missed_after_min: Mapped[int]
    """After it was due."""
    on_day_off: Mapped[OnDayOff]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day on which a period may begin."""
    paused: Mapped[bool] = mapped_column(default=False)
    roster: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Who is responsible where: ``worker_id`` with ``place_id`` or ``area_code``; others by their posts."""
    made_until: Mapped[date | None]
    """The last day for which occurrences were made; None after a change."""
    retry_at: Mapped[datetime | None]
    """Where the next year's holidays are not known yet: not before then is it tried again."""
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    content_hash: Mapped[bytes]
    created_at: Mapped[datetime]


class PlanStep(enum.StrEnum):
    """What was done to a plan, or to one of its occurrences."""

    CHANGE = "change"
    END = "end"
    REASSIGN = "reassign"


class PlanEvent(Base):
    """One step, under the id that whoever took it gave it: the same again is known however late it comes."""

    __tablename__ = "plan_events"
    __table_args__ = (Index("ix_plan_events_plan_id_id", "plan_id", "id"),)
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    occurrence_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("occurrences.id", ondelete="SET NULL"), index=True
    )
    """None also where a change of the plan took the occurrence away."""
    step: Mapped[PlanStep]
    actor_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The terms that held before, or who had the occurrence."""
    content_hash: Mapped[bytes]
