"""Requests to put right what the roster says of a person."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.errors import IllegalStepError
from app.models.base import AreaCode, Base, Id, Sealed
from app.models.freezing import Freezable


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


class CorrectionState(enum.StrEnum):
    """How far a request has come."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


CORRECTION_NEXT = {
    CorrectionState.OPEN: {CorrectionState.DONE, CorrectionState.REFUSED, CorrectionState.WITHDRAWN},
    CorrectionState.DONE: set[CorrectionState](),
    CorrectionState.REFUSED: set[CorrectionState](),
    CorrectionState.WITHDRAWN: set[CorrectionState](),
}


class Correction(Freezable, Base):
    """A wish that one's own record, or one's ward's, be put right; what stood there before is not kept."""

    __tablename__ = "corrections"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint("state <> 'open' OR wanted_sealed IS NOT NULL", name="open_with_a_wish"),
        CheckConstraint(
            "state NOT IN ('done', 'withdrawn') OR wanted_sealed IS NULL", name="over_without_a_wish"
        ),
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
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    """Where the resident lived when it was asked for."""
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    field: Mapped[CorrectionField]
    wanted_sealed: Mapped[Sealed | None]
    """What is right. Once it is put right it stands in the record; it stays where it was refused."""
    said_sealed: Mapped[Sealed | None]
    """How he shows it; emptied some time after the decision."""
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    state: Mapped[CorrectionState] = mapped_column(default=CorrectionState.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decision_note: Mapped[str] = mapped_column(default="")
    """What was put right and why, or why it was not."""
    content_hash: Mapped[bytes]

    def advance(self, to: CorrectionState) -> None:
        """Take one legal step, the only writer of ``state``; what is wanted stays only if it was refused."""
        if to not in CORRECTION_NEXT[self.state]:
            raise IllegalStepError(now=self.state, asked=to)
        self.state = to
        if to is not CorrectionState.REFUSED:
            self.wanted_sealed = None
