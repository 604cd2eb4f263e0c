"""Rules: what earns points, how much, and who says so."""

import enum
from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id


class Period(enum.StrEnum):
    """The span a cap counts over, in business days of China."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class CapOf(enum.StrEnum):
    """Whose points a cap counts."""

    HOUSEHOLD = "household"
    RESIDENT = "resident"


class Evidence(enum.StrEnum):
    """What a claim must bring along."""

    NONE = "none"
    NOTE = "note"
    PHOTO = "photo"


class Verifier(enum.StrEnum):
    """Who verifies a claim before the community admin approves."""

    GRID_WORKER = "grid_worker"
    BUILDING_LEAD = "building_lead"
    EITHER = "either"


class AutomaticSource(enum.StrEnum):
    """Facts that make a claim by themselves."""

    HAZARD_REPORT_ACCEPTED = "hazard_report_accepted"


class Rule(Base):
    """One version of a rule of one community; a change is a new version, never retroactive."""

    __tablename__ = "rules"
    __table_args__ = (
        UniqueConstraint("area_code", "code", "version"),
        CheckConstraint("points_min BETWEEN 1 AND points_max AND points_max <= 1000", name="points_range"),
        CheckConstraint(
            "(cap_points IS NULL) = (cap_period IS NULL) AND (cap_points IS NULL) = (cap_of IS NULL)",
            name="cap_whole",
        ),
        CheckConstraint("cap_points >= points_min", name="cap_reachable"),
        CheckConstraint("notice_days BETWEEN 0 AND 30", name="notice_days"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="validity"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    code: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    category: Mapped[str]
    points_min: Mapped[int]
    points_max: Mapped[int]
    cap_points: Mapped[int | None]
    cap_period: Mapped[Period | None]
    cap_of: Mapped[CapOf | None]
    evidence: Mapped[Evidence]
    verifier: Mapped[Verifier]
    notice_days: Mapped[int]
    automatic: Mapped[AutomaticSource | None]
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("rules.id"))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    origin: Mapped[str] = mapped_column(default="")
    """Where the figures come from."""
