"""Inspections: one filled checklist at one place."""

import enum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id, Located, MadeByPhone, located_by
from app.models.checklist import Checklist
from app.models.place import Place


class Inspection(MadeByPhone, Located, Base):
    """What a worker found at a place, filed once, never edited."""

    __tablename__ = "inspections"
    __table_args__ = (
        Index("ix_inspections_area_code_id", "area_code", "id"),
        Index("ix_inspections_place_id_captured_at", "place_id", "captured_at"),
        Index("ix_inspections_worker_id_id", "worker_id", "id"),
        located_by("inspections", "worker_id"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("places.id"))
    checklist_id: Mapped[UUID] = mapped_column(ForeignKey("checklists.id"))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    code_id: Mapped[UUID | None] = mapped_column(ForeignKey("place_codes.id"))
    """The printed code that was scanned, if its signature held."""
    note: Mapped[str] = mapped_column(default="")
    late_reason: Mapped[str | None]
    """Why it comes after a period of a plan was missed."""
    escape_helps: Mapped[int | None]
    """Of a building with homes: how many who were there needed others to get out then."""
    answers: Mapped[list["InspectionAnswer"]] = relationship(
        lazy="raise", order_by="InspectionAnswer.position"
    )
    place: Mapped[Place] = relationship(lazy="raise")
    checklist: Mapped[Checklist] = relationship(lazy="raise")


class AnswerResult(enum.StrEnum):
    """An answer to one item."""

    OK = "ok"
    PROBLEM = "problem"
    NOT_APPLICABLE = "not_applicable"


class InspectionAnswer(Base):
    """One answer; a problem that was not corrected on the spot names the hazard it raised or joined."""

    __tablename__ = "inspection_answers"
    inspection_id: Mapped[Id] = mapped_column(ForeignKey("inspections.id"))
    item_id: Mapped[Id] = mapped_column(ForeignKey("checklist_items.id"))
    position: Mapped[int]
    result: Mapped[AnswerResult | None]
    """None where nobody said how it is, only a word about it: an item that need not be answered."""
    value: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    """What was chosen, the code or the list of codes, or the figure; None where words or pictures answer."""
    value_text: Mapped[str] = mapped_column(default="", server_default="")
    """The same in words, or the words that answer an item of text."""
    note: Mapped[str] = mapped_column(default="")
    corrected: Mapped[bool] = mapped_column(default=False)
    """Put right on the spot."""
    hazard_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazards.id"), index=True)
    photo_ids: Mapped[list[str]] = mapped_column(default=list)
    """Which of the inspection's photos show this item."""
    recurrence: Mapped[bool] = mapped_column(default=False)
    """The hazard was open already, and this answer joined it."""
