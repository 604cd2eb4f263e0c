"""What requests about one's own data share: who asks, about whom, until when, and how it was decided."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.errors import IllegalStepError
from app.models.base import AreaCode, Id


class OwnRequestState(enum.StrEnum):
    """How far a request has come."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OWN_REQUEST_NEXT = {
    OwnRequestState.OPEN: {OwnRequestState.DONE, OwnRequestState.REFUSED, OwnRequestState.WITHDRAWN},
    OwnRequestState.DONE: set[OwnRequestState](),
    OwnRequestState.REFUSED: set[OwnRequestState](),
    OwnRequestState.WITHDRAWN: set[OwnRequestState](),
}


class OwnRequest:
    """A wish about what is held of oneself, or of one's ward, that the community decides once."""

    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    """Where the resident lived when it was asked for."""
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    let_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff made the way in of whoever asked for it (``Actor.let_in_by``)."""
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    state: Mapped[OwnRequestState] = mapped_column(default=OwnRequestState.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decision_note: Mapped[str] = mapped_column(default="")
    """What was done and what stays, or why not, in words for whoever asked."""
    content_hash: Mapped[bytes]

    def advance(self, to: OwnRequestState) -> None:
        """Take one legal step, the only writer of ``state``. Raises IllegalStepError."""
        if to not in OWN_REQUEST_NEXT[self.state]:
            raise IllegalStepError(now=self.state, asked=to)
        self.state = to
