"""Claims: requests that points be awarded, and each step they took."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as in_sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.errors import IllegalStepError
from app.models.base import AreaCode, Base, Id, MadeByPhone
from app.models.household import Household, Resident
from app.models.points_ledger import SourceKind
from app.models.rule import Rule


class ClaimStatus(enum.StrEnum):
    """States of a claim."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    APPROVED = "approved"
    IN_NOTICE = "in_notice"
    POSTED = "posted"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_S = ClaimStatus
CLAIM_NEXT: dict[ClaimStatus, frozenset[ClaimStatus]] = {
    _S.SUBMITTED: frozenset({_S.VERIFIED, _S.RETURNED, _S.REJECTED, _S.WITHDRAWN}),
    _S.VERIFIED: frozenset({_S.APPROVED, _S.RETURNED, _S.REJECTED, _S.WITHDRAWN}),
    _S.APPROVED: frozenset({_S.IN_NOTICE, _S.POSTED}),
    _S.IN_NOTICE: frozenset({_S.POSTED}),
    _S.RETURNED: frozenset({_S.SUBMITTED, _S.WITHDRAWN}),
    _S.POSTED: frozenset(),
    _S.REJECTED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
"""The transition table (domain.md, points, claim)."""


class Claim(MadeByPhone, Base):
    """A request for points under one rule, for one household."""

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint("points > 0", name="points_positive"),
        UniqueConstraint("source_kind", "source_id"),
        Index("ix_claims_area_code_status_id", "area_code", "status", "id"),
        Index("ix_claims_household_id_id", "household_id", "id"),
        Index("ix_claims_resident_id", "resident_id"),
        Index("ix_claims_acted_for", "acted_for", postgresql_where=in_sql("acted_for IS NOT NULL")),
        Index("ix_claims_status_notice_until", "status", "notice_until"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    """Who earned it."""
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("rules.id"))
    points: Mapped[int]
    text: Mapped[str] = mapped_column(default="")
    status: Mapped[ClaimStatus] = mapped_column(default=ClaimStatus.SUBMITTED)
    source_kind: Mapped[SourceKind | None]
    """The fact that made the claim by itself, if one did."""
    source_id: Mapped[UUID | None]
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    acted_for: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"))
    """The resident for whom somebody acted who submitted it, reported what it rewards, or sent it again."""
    let_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff made the way in of whoever sent it, or reported what it rewards; the last such one."""
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    notice_until: Mapped[datetime | None]
    rule: Mapped[Rule] = relationship(lazy="raise")
    household: Mapped[Household] = relationship(lazy="raise")
    resident: Mapped[Resident] = relationship(lazy="raise", foreign_keys=[resident_id])
    events: Mapped[list["ClaimEvent"]] = relationship(lazy="raise", order_by="ClaimEvent.number")

    @property
    def has_others_behind(self) -> bool:
        """Say whether somebody acted for the resident, or staff let in who sent it or reported its fact."""
        return self.acted_for is not None or self.let_in_by is not None

    def check_step(self, to: ClaimStatus) -> None:
        """Raise IllegalStepError if the present state does not lead there."""
        if to not in CLAIM_NEXT[self.status]:
            raise IllegalStepError(id=self.id, now=self.status, asked=to)

    def advance(self, to: ClaimStatus) -> None:
        """Take one legal step; the only writer of ``status``. Raises IllegalStepError."""
        self.check_step(to)
        self.status = to


class ClaimStep(enum.StrEnum):
    """What happened to a claim."""

    SUBMIT = "submit"
    VERIFY = "verify"
    APPROVE = "approve"
    RETURN = "return"
    RESUBMIT = "resubmit"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    POST = "post"


class ClaimEvent(Base):
    """One step of a claim, append-only: only numbers of whoever closes his account are taken out of notes."""

    __tablename__ = "claim_events"
    __table_args__ = (UniqueConstraint("claim_id", "number"),)
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id"))
    number: Mapped[int]
    step: Mapped[ClaimStep]
    status_after: Mapped[ClaimStatus]
    points: Mapped[int]
    """What the claim asked for when the step was taken; a resubmission may ask for something else."""
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    let_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff made the way in of whoever took it (``Actor.let_in_by``)."""
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    content_hash: Mapped[bytes]
