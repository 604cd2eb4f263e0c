"""Wishes to close an account (注销), and what became of them."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.errors import IllegalStepError
from app.models.base import AreaCode, Base, Id


class ClosingState(enum.StrEnum):
    """How far a wish has come."""

    OPEN = "open"
    """It may be taken back."""
    CARRYING = "carrying"
    """The account is shut, and what is held of it is being taken away."""
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


CLOSING_NEXT = {
    ClosingState.OPEN: {ClosingState.CARRYING, ClosingState.REFUSED, ClosingState.WITHDRAWN},
    ClosingState.CARRYING: {ClosingState.DONE},
    ClosingState.DONE: set[ClosingState](),
    ClosingState.REFUSED: set[ClosingState](),
    ClosingState.WITHDRAWN: set[ClosingState](),
}


class Closing(Base):
    """A wish to close one's own account, or one's ward's; it stays as the proof that it was done."""

    __tablename__ = "closings"
    __table_args__ = (
        CheckConstraint("(state IN ('open', 'carrying')) = (ended_at IS NULL)", name="ended_at_a_time"),
        CheckConstraint(
            "(state = 'refused') = (jsonb_array_length(reasons) > 0)", name="refused_for_reasons"
        ),
        CheckConstraint("(state IN ('carrying', 'done')) = (begun_at IS NOT NULL)", name="begun_at_a_time"),
        Index(
            "uq_closings_user_id_open",
            "user_id",
            unique=True,
            postgresql_where=text("state IN ('open', 'carrying')"),
        ),
        Index("ix_closings_running", "state", "id", postgresql_where=text("state IN ('open', 'carrying')")),
        Index("ix_closings_area_code_id", "area_code", "id"),
        Index("ix_closings_asked_by_id", "asked_by", "id"),
        Index("ix_closings_user_id_state", "user_id", "state"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode | None]
    """Where the account belonged; None for one that belonged nowhere yet."""
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    """Whose account is to be closed."""
    ward_id: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"), index=True)
    """Of whom a guardian asks it."""
    bound_to: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"), index=True)
    """Whom the account was bound to when it was shut."""
    asked_at: Mapped[datetime]
    carry_out_at: Mapped[datetime]
    """When the time to take it back is over."""
    due_at: Mapped[datetime]
    """The last moment that the law leaves."""
    state: Mapped[ClosingState] = mapped_column(default=ClosingState.OPEN)
    reasons: Mapped[list[str]] = mapped_column(default=list)
    """Why it was refused: words of ``ClosingReason``."""
    begun_at: Mapped[datetime | None]
    """When the account was shut."""
    ended_at: Mapped[datetime | None]
    content_hash: Mapped[bytes]

    def advance(self, to: ClosingState) -> None:
        """Take one legal step, the only writer of ``state``. Raises IllegalStepError."""
        if to not in CLOSING_NEXT[self.state]:
            raise IllegalStepError(now=self.state, asked=to)
        self.state = to
