"""Approvals: what one person asked for and another one agreed to."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.errors import IllegalStepError
from app.models.base import AreaCode, Base, Id


class ApprovalKind(enum.StrEnum):
    """What may be done only after somebody else agreed (GB/T 22239-2019 8.1.4.2, ASVS 2.3.5)."""

    ADMIN_GRANT = "admin_grant"
    """One of the three administrators' roles for somebody."""
    POINTS_BULK = "points_bulk"
    """A batch of corrections to households' points."""
    ROSTER_EXPORT = "roster_export"
    """A file of a community's roster."""
    HAZARD_EXPORT = "hazard_export"
    """A large file of the ledger of hazards."""
    MINOR_AGE = "minor_age"
    """A minor's birth date, or that of who would be one, put right; or a minor's ID number taken away."""
    POLICY_SWITCH = "policy_switch"
    """A policy switch of a community turned on."""


class ApprovalState(enum.StrEnum):
    """How far an approval has come."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    USED = "used"


APPROVAL_NEXT = {
    ApprovalState.OPEN: {ApprovalState.APPROVED, ApprovalState.REFUSED},
    ApprovalState.APPROVED: {ApprovalState.USED},
    ApprovalState.REFUSED: set[ApprovalState](),
    ApprovalState.USED: set[ApprovalState](),
}


class Approval(Base):
    """A question to a second person, good for exactly what it tells, for a time, and once."""

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint("decided_by <> asked_by", name="two_people"),
        CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name="used_at_a_time"),
        Index("ix_approvals_area_code_id", "area_code", "id"),
        Index("ix_approvals_asked_by", "asked_by"),
    )
    id: Mapped[Id]
    kind: Mapped[ApprovalKind]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    """Where it is to be done; who decides must reach it."""
    payload: Mapped[dict[str, Any]]
    """What is to be done, to the letter."""
    payload_hash: Mapped[bytes]
    reason: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[ApprovalState] = mapped_column(default=ApprovalState.OPEN)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(default="")
    used_at: Mapped[datetime | None]
    content_hash: Mapped[bytes]

    def advance(self, to: ApprovalState) -> None:
        """Take one legal step; the only writer of ``state``."""
        if to not in APPROVAL_NEXT[self.state]:
            raise IllegalStepError(now=self.state, asked=to)
        self.state = to
