"""Requests to put right what the roster says of a person."""

import enum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from app.models.base import Base, Sealed
from app.models.freezing import Freezable
from app.models.own_request import OwnRequest


class CorrectionField(enum.StrEnum):
    """What is wrong."""

    NAME = "name"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    RELATION = "relation"
    PRESENCE = "presence"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    DOOR = "door"
    """Of the whole household."""
    OTHER = "other"
    """Anything else that is held of him, told in words; staff put it right where it stands."""


class Correction(OwnRequest, Freezable, Base):
    """A wish that one's own record, or one's ward's, be put right; what stood there before is not kept."""

    __tablename__ = "corrections"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint("state <> 'open' OR wanted_sealed IS NOT NULL", name="open_with_a_wish"),
        Index(
            "uq_corrections_open",
            "asked_by",
            "resident_id",
            "field",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_corrections_area_code_id", "area_code", "id"),
        Index("ix_corrections_asked_by_id", "asked_by", "id"),
        Index("ix_corrections_resident_id_id", "resident_id", "id"),
        Index("ix_corrections_due_at_open", "due_at", postgresql_where=text("state = 'open'")),
    )
    field: Mapped[CorrectionField]
    wanted_sealed: Mapped[Sealed | None]
    """What is right. Once it is put right it stands in the record; it stays where it was refused, and
    where it tells of harm to a minor."""
    said_sealed: Mapped[Sealed | None]
    """How he shows it; emptied some time after the decision."""
