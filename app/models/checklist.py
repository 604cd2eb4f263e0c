"""Checklists: versioned lists of questions for a kind of place."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id
from app.models.hazard import HazardCategory, HazardLevel
from app.models.place import PlaceKind


class Checklist(Base):
    """One version of a list; a filled inspection keeps the version it used."""

    __tablename__ = "checklists"
    __table_args__ = (UniqueConstraint("area_code", "kind", "title", "version"),)
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    """Whose list it is; it serves every place below this area."""
    kind: Mapped[PlaceKind]
    title: Mapped[str]
    version: Mapped[int]
    source: Mapped[str] = mapped_column(default="")
    """The law or standard it follows."""
    published_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    items: Mapped[list["ChecklistItem"]] = relationship(lazy="raise", order_by="ChecklistItem.position")


class ChecklistItem(Base):
    """A question whose good answer is "fine"; a problem raises a hazard with these defaults."""

    __tablename__ = "checklist_items"
    __table_args__ = (UniqueConstraint("checklist_id", "position"),)
    id: Mapped[Id]
    checklist_id: Mapped[UUID] = mapped_column(ForeignKey("checklists.id"))
    position: Mapped[int]
    section: Mapped[str]
    text: Mapped[str]
    level: Mapped[HazardLevel]
    category: Mapped[HazardCategory]
    deadline_days: Mapped[int | None]
    """Working days; None takes the default of the level."""
    advice: Mapped[str] = mapped_column(default="")
