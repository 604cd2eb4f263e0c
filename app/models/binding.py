"""Bindings: which user is which resident of the roster, since when and by what proof."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.errors import IllegalStepError
from app.models.base import AreaCode, Base, Id, Sealed
from app.models.freezing import Freezable


class BindingWay(enum.StrEnum):
    """How a user showed that he is the resident."""

    PHONE = "phone"
    """By the phone that WeChat vouches for."""
    ID_NUMBER = "id_number"
    """By name, ID number and the household's binding code."""
    REQUEST = "request"
    """A community admin approved his request."""
    STAFF = "staff"
    """Staff opened the account for him."""


class BindingEnd(enum.StrEnum):
    """Why a binding ended."""

    LEFT = "left"
    """The user did not want it any more."""
    MOVED_AWAY = "moved_away"
    MISTAKE = "mistake"
    DISPUTE = "dispute"
    """Somebody else says that he is the resident."""
    DECEASED = "deceased"


NOT_HIM = frozenset({BindingEnd.MISTAKE, BindingEnd.DISPUTE})
"""The reasons that say that the user was, or may have been, somebody else than the resident."""


class BindingRequestState(enum.StrEnum):
    """How far a request has come."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_OPEN = text("ended_at IS NULL")


class Binding(Freezable, Base):
    """A user who is a resident, for a time; what ended stays."""

    __tablename__ = "bindings"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended_for_a_reason"),
        Index("uq_bindings_user_id_open", "user_id", unique=True, postgresql_where=_OPEN),
        Index("uq_bindings_resident_id_open", "resident_id", unique=True, postgresql_where=_OPEN),
        Index("ix_bindings_area_code_id", "area_code", "id"),
        Index("ix_bindings_user_id_id", "user_id", "id"),
        Index("ix_bindings_resident_id_id", "resident_id", "id"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    way: Mapped[BindingWay]
    begun_at: Mapped[datetime]
    begun_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """He himself, or who let him in; None where nobody kept it."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    end_reason: Mapped[BindingEnd | None]
    end_note: Mapped[str] = mapped_column(default="")


class BindingCode(Base):
    """A household's code: sixteen digits on paper, of which the first eight say which household is meant."""

    __tablename__ = "binding_codes"
    __table_args__ = (UniqueConstraint("household_id"), UniqueConstraint("handle"))
    id: Mapped[Id]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    area_code: Mapped[AreaCode]
    version: Mapped[int]
    """How many codes the household has had; whoever asks for the next one names the one he knows."""
    handle: Mapped[str]
    secret_sealed: Mapped[Sealed]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    seen_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    """Who of the staff was shown it, on a sheet too."""


REQUEST_NEXT = {
    BindingRequestState.OPEN: {
        BindingRequestState.APPROVED,
        BindingRequestState.REJECTED,
        BindingRequestState.WITHDRAWN,
    },
    BindingRequestState.APPROVED: set[BindingRequestState](),
    BindingRequestState.REJECTED: set[BindingRequestState](),
    BindingRequestState.WITHDRAWN: set[BindingRequestState](),
}


class BindingRequest(Freezable, Base):
    """A user who says who he is, and waits for the community admin to look."""

    __tablename__ = "binding_requests"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint("(state = 'approved') = (resident_id IS NOT NULL)", name="approved_to_somebody"),
        Index(
            "uq_binding_requests_user_id_open",
            "user_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_binding_requests_area_code_id", "area_code", "id"),
        Index("ix_binding_requests_user_id_id", "user_id", "id"),
        Index(
            "ix_binding_requests_resident_id",
            "resident_id",
            postgresql_where=text("resident_id IS NOT NULL"),
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    """The community he names."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    door: Mapped[str]
    note: Mapped[str]
    let_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff handed out the code of the session in which it was sent."""
    asked_at: Mapped[datetime]
    state: Mapped[BindingRequestState] = mapped_column(default=BindingRequestState.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decision_note: Mapped[str] = mapped_column(default="")
    """Why it was rejected."""
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"))
    """Whom he was bound to."""
    content_hash: Mapped[bytes]

    def advance(self, to: BindingRequestState) -> None:
        """Take one legal step; the only writer of ``state``."""
        if to not in REQUEST_NEXT[self.state]:
            raise IllegalStepError(now=self.state, asked=to)
        self.state = to
