"""Checklists: versioned lists of questions for a kind of place."""

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id
from app.models.hazard import HazardCategory, HazardLevel
from app.models.place import PlaceKind

PLAIN_WORD = "code ~ '^[a-z0-9_]{1,40}$'"


class ItemKind(enum.StrEnum):
    """How an item is answered."""

    CHECK = "check"
    """Fine, a problem, or not applicable."""
    SINGLE = "single"
    """One of several options."""
    MULTIPLE = "multiple"
    """Any of several options, one at least."""
    NUMBER = "number"
    """A figure, which is fine within its bounds."""
    TEXT = "text"
    """A few words."""
    PHOTO = "photo"
    """Pictures."""


class Checklist(Base):
    """One version of a list; a filled inspection keeps the version it used."""

    __tablename__ = "checklists"
    __table_args__ = (
        UniqueConstraint("area_code", "code", "version"),
        CheckConstraint(PLAIN_WORD, name="code"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    """Whose list it is; it serves every place below this area."""
    code: Mapped[str]
    """Names the list in its area, the same in all its versions, whatever their titles."""
    kind: Mapped[PlaceKind]
    title: Mapped[str]
    version: Mapped[int]
    source: Mapped[str] = mapped_column(default="")
    """The law or standard it follows."""
    published_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    copied_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("checklists.id"))
    """The version of a list above that this one follows; None for a list of its own."""
    origin_area_code: Mapped[str | None] = mapped_column(String(15, collation="C"))
    """Whose list it was first copied from; None for a list of its own."""
    items: Mapped[list["ChecklistItem"]] = relationship(lazy="raise", order_by="ChecklistItem.position")

    @property
    def owner(self) -> str:
        """Give whose list it was first: with the code, one name for a list and all its copies."""
        return self.origin_area_code or self.area_code

    def key_of(self, item: "ChecklistItem") -> str:
        """Name an item of this list in all versions of the list, and in its copies."""
        return f"{self.owner}/{self.code}/{item.code}"


class ChecklistItem(Base):
    """A question, and how it is answered; a problem raises a hazard with these defaults."""

    __tablename__ = "checklist_items"
    __table_args__ = (
        UniqueConstraint("checklist_id", "position"),
        UniqueConstraint("checklist_id", "code"),
        CheckConstraint(PLAIN_WORD, name="code"),
        CheckConstraint("(kind IN ('single', 'multiple')) = (options <> '[]')", name="options"),
        CheckConstraint("least <= most", name="bounds"),
    )
    id: Mapped[Id]
    checklist_id: Mapped[UUID] = mapped_column(ForeignKey("checklists.id"))
    position: Mapped[int]
    code: Mapped[str]
    """Names the question in its list: a version that asks the same keeps the code, whatever the wording."""
    section: Mapped[str]
    text: Mapped[str]
    kind: Mapped[ItemKind] = mapped_column(default=ItemKind.CHECK)
    required: Mapped[bool] = mapped_column(default=True)
    """Whether it may not be left empty."""
    options: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Of a choice, in order: ``code``, ``text``, and ``problem``, whether choosing it is one."""
    unit: Mapped[str] = mapped_column(default="")
    decimals: Mapped[int] = mapped_column(default=0)
    """The most decimals of a figure."""
    least: Mapped[Decimal | None] = mapped_column(Numeric)
    """Bounds within which a figure is fine; None leaves that side open."""
    most: Mapped[Decimal | None] = mapped_column(Numeric)
    photos: Mapped[int] = mapped_column(default=0)
    """The least number of pictures that an item of pictures asks for."""
    level: Mapped[HazardLevel]
    category: Mapped[HazardCategory]
    deadline_days: Mapped[int | None]
    """Working days; None takes the default of the level."""
    advice: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    """The law or standard it follows."""
