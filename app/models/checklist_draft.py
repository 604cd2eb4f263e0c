"""Drafts of checklists: what the next version will ask, written as one document."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id
from app.models.checklist import PLAIN_WORD
from app.models.place import PlaceKind


class ChecklistDraft(Base):
    """The next version of a list while it is written; publishing or discarding ends it."""

    __tablename__ = "checklist_drafts"
    __table_args__ = (
        Index(
            "uq_checklist_drafts_open",
            "area_code",
            "code",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_checklist_drafts_area_code_id", "area_code", "id"),
        CheckConstraint(PLAIN_WORD, name="code"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    code: Mapped[str]
    kind: Mapped[PlaceKind]
    title: Mapped[str]
    source: Mapped[str]
    items: Mapped[list[dict[str, Any]]]
    """In order, each with the columns of an item."""
    base_id: Mapped[UUID | None] = mapped_column(ForeignKey("checklists.id"))
    """The version that this one replaces; None for a new list."""
    copied_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("checklists.id"))
    revision: Mapped[int]
    content_hash: Mapped[bytes]
    """Of what was written last."""
    written_at: Mapped[datetime]
    checklist_id: Mapped[UUID | None] = mapped_column(ForeignKey("checklists.id"))
    """What it was published as."""
    ended_at: Mapped[datetime | None]
