"""Spot checks: records drawn by lot for a second look by somebody else, and what he found."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.errors import IllegalStepError
from app.models.base import AreaCode, Base, Id, Sealed


class SpotCheckRecord(enum.StrEnum):
    """Kinds of records that are drawn."""

    INSPECTION = "inspection"
    VISIT = "visit"


class SpotCheckStatus(enum.StrEnum):
    """How far a spot check has come; nothing follows from any of these by itself."""

    DRAWN = "drawn"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    COULD_NOT_CHECK = "could_not_check"
    APPEALED = "appealed"
    """The worker says that it is wrong: until somebody else decided, it counts for nothing."""
    UPHELD = "upheld"
    LIFTED = "lifted"


_S = SpotCheckStatus
SPOT_CHECK_NEXT = {
    _S.DRAWN: {_S.CONFIRMED, _S.NOT_CONFIRMED, _S.COULD_NOT_CHECK},
    _S.NOT_CONFIRMED: {_S.APPEALED},
    _S.APPEALED: {_S.UPHELD, _S.LIFTED},
    _S.CONFIRMED: set[SpotCheckStatus](),
    _S.COULD_NOT_CHECK: set[SpotCheckStatus](),
    _S.UPHELD: set[SpotCheckStatus](),
    _S.LIFTED: set[SpotCheckStatus](),
}


class SpotCheckWeek(Base):
    """The lot of one community and week: its seed is committed to by a hash before, and told afterwards."""

    __tablename__ = "spot_check_weeks"
    __table_args__ = (
        UniqueConstraint("area_code", "week_on"),
        CheckConstraint("(seed IS NULL) = (drawn_at IS NULL)", name="told_once_drawn"),
        Index("ix_spot_check_weeks_area_code_id", "area_code", "id"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    week_on: Mapped[date]
    """Its Monday."""
    committed_at: Mapped[datetime]
    seed_hash: Mapped[bytes]
    seed_sealed: Mapped[Sealed | None]
    seed: Mapped[str | None]
    drawn_at: Mapped[datetime | None]
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What lay in the urn: each record with its weight, its worker's number, and whether he was due."""


class SpotCheck(Base):
    """A record that somebody looks at again who did not make it."""

    __tablename__ = "spot_checks"
    __table_args__ = (
        UniqueConstraint("record_id"),
        CheckConstraint("(status = 'drawn') = (checked_by IS NULL)", name="checked_by_somebody"),
        CheckConstraint("checked_by <> worker_id AND decided_by <> worker_id", name="not_by_himself"),
        CheckConstraint("decided_by <> checked_by", name="decided_by_another"),
        Index("ix_spot_checks_area_code_id", "area_code", "id"),
        Index("ix_spot_checks_worker_id_id", "worker_id", "id"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    week_id: Mapped[UUID] = mapped_column(ForeignKey("spot_check_weeks.id"), index=True)
    record_kind: Mapped[SpotCheckRecord]
    record_id: Mapped[UUID]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("places.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    drawn_at: Mapped[datetime]
    status: Mapped[SpotCheckStatus] = mapped_column(default=SpotCheckStatus.DRAWN)
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    checked_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    """What was found, and why."""
    appeal: Mapped[str] = mapped_column(default="")
    """The worker's own words."""
    appealed_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(default="")

    def advance(self, to: SpotCheckStatus) -> None:
        """Take one legal step; the only writer of ``status``."""
        if to not in SPOT_CHECK_NEXT[self.status]:
            raise IllegalStepError(now=self.status, asked=to)
        self.status = to
