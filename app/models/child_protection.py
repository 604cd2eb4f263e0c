"""What guards minors' records: tickets to read them, and cases where harm shows."""

import enum
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id, Sealed

TICKET_WAITS = timedelta(days=7)
"""How long a wish to read a minor's record waits for a decision: who needs it still after that asks again."""


class HarmRecord(enum.StrEnum):
    """Records whose texts may tell of harm to a minor."""

    VISIT = "visit"
    HAZARD = "hazard"
    INSPECTION = "inspection"
    CLAIM = "claim"
    CORRECTION = "correction"


HARM_RECORDS = {kind: f"{kind}_id" for kind in HarmRecord}
"""The column of a case that names a record of each kind."""


class ViewingTicket(Base):
    """Leave to read a minor's record and visits for a time (未成年人网络保护条例, art. 36)."""

    __tablename__ = "viewing_tickets"
    __table_args__ = (
        CheckConstraint("days BETWEEN 1 AND 180", name="days"),
        Index("ix_viewing_tickets_area_code_id", "area_code", "id"),
        Index("ix_viewing_tickets_user_id_resident_id", "user_id", "resident_id"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    """Who may read."""
    purpose: Mapped[str]
    days: Mapped[int]
    asked_at: Mapped[datetime]
    office_decides: Mapped[bool] = mapped_column(default=False)
    """Nobody else was admin there when it was asked for: an officer of the county or city decides."""
    approved: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime | None]
    content_hash: Mapped[bytes]

    @property
    def decide_by(self) -> datetime:
        """Give when it ends by itself if nobody decided."""
        return self.asked_at + TICKET_WAITS


class HarmCase(Base):
    """Signs of harm to a minor, as a record told them; kept whatever else is erased.

    It names the record by a key of its own kind: so the database deletes no record that has a case.
    """

    __tablename__ = "harm_cases"
    __table_args__ = (
        CheckConstraint(f"num_nonnulls({', '.join(HARM_RECORDS.values())}) = 1", name="one_record"),
        Index("ix_harm_cases_area_code_id", "area_code", "id"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"), index=True)
    """The minor, where the record is a minor's, or a minor wrote it."""
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visits.id"), index=True)
    hazard_id: Mapped[UUID | None] = mapped_column(ForeignKey("hazards.id"), index=True)
    inspection_id: Mapped[UUID | None] = mapped_column(ForeignKey("inspections.id"), index=True)
    claim_id: Mapped[UUID | None] = mapped_column(ForeignKey("claims.id"), index=True)
    correction_id: Mapped[UUID | None] = mapped_column(ForeignKey("corrections.id"), index=True)
    told_id: Mapped[UUID] = mapped_column(unique=True)
    """What told of it: the record itself, a step of the hazard or claim, or a follow-up of the visit."""
    signals: Mapped[list[str]]
    """``flag``: the worker said so. ``words``: what somebody wrote says so."""
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who wrote it; nobody where a visitor did."""
    let_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff handed out the code by which the writer was signed in: it may have been he."""
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    result_sealed: Mapped[Sealed | None]

    @property
    def record_kind(self) -> HarmRecord:
        """Say what kind of record told of it."""
        return next(kind for kind, column in HARM_RECORDS.items() if getattr(self, column) is not None)

    @property
    def record_id(self) -> UUID:
        """Give the record's id."""
        found: UUID = getattr(self, HARM_RECORDS[self.record_kind])
        return found
