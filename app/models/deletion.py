"""Requests to delete what is held of a person."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.errors import IllegalStepError
from app.models.base import AreaCode, Base, Id
from app.models.freezing import Freezable


class DeletionKind(enum.StrEnum):
    """What is to go."""

    NUMBERS = "numbers"
    """Phone and ID number on the roster."""
    PHOTOS = "photos"
    """Photos of visits to him and of claims that ended."""
    NOTES = "notes"
    """What was said on visits that no duty asks to keep."""


class DeletionState(enum.StrEnum):
    """How far a request has come."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Deletion(Freezable, Base):
    """A wish that something held of oneself, or of one's ward, be deleted, and how it was answered."""

    __tablename__ = "deletions"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint("(state = 'done') = (deleted IS NOT NULL)", name="done_with_figures"),
        CheckConstraint("(deleted IS NULL) = (kept IS NULL)", name="both_figures"),
        CheckConstraint("state NOT IN ('done', 'refused') OR decision_note <> ''", name="reasons_in_writing"),
        Index(
            "uq_deletions_open",
            "asked_by",
            "resident_id",
            "what",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_deletions_area_code_id", "area_code", "id"),
        Index("ix_deletions_asked_by_id", "asked_by", "id"),
        Index("ix_deletions_resident_id_id", "resident_id", "id"),
        Index("ix_deletions_due_at_open", "due_at", postgresql_where=text("state = 'open'")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    """Where the resident lived when it was asked for."""
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    what: Mapped[DeletionKind]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    state: Mapped[DeletionState] = mapped_column(default=DeletionState.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decision_note: Mapped[str] = mapped_column(default="")
    """What was done and what stays, or why not, in words for whoever asked."""
    deleted: Mapped[int | None]
    """How many things went: numbers, photos, or visits with notes."""
    kept: Mapped[int | None]
    """How many of them a law keeps."""
    content_hash: Mapped[bytes]

    def advance(self, to: DeletionState) -> None:
        """Take the one legal step, out of OPEN; the only writer of ``state``."""
        if self.state is not DeletionState.OPEN or to is DeletionState.OPEN:
            raise IllegalStepError(now=self.state, asked=to)
        self.state = to
