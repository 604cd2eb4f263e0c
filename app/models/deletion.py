"""Requests to delete what is held of a person."""

import enum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from app.models.base import Base
from app.models.freezing import Freezable
from app.models.own_request import OwnRequest


class DeletionKind(enum.StrEnum):
    """What is to go."""

    NUMBERS = "numbers"
    """Phone and ID number on the roster."""
    PHOTOS = "photos"
    """Photos of visits to him and of claims that ended."""
    NOTES = "notes"
    """What was said on visits that no duty asks to keep."""


class Deletion(OwnRequest, Freezable, Base):
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
    what: Mapped[DeletionKind]
    deleted: Mapped[int | None]
    """How many things went: numbers, photos, or visits with notes."""
    kept: Mapped[int | None]
    """How many of them a law keeps."""
