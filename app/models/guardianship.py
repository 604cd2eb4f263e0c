"""Guardianships: which adult stands up for which child."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id, Sealed
from app.models.household import Resident


class GuardianRelation(enum.StrEnum):
    """What the guardian is to the child (Civil Code, art. 27)."""

    PARENT = "parent"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    OTHER = "other"


class Guardianship(Base):
    """An adult who answers for a child: on record with proof, and good once an admin has looked at it."""

    __tablename__ = "guardianships"
    __table_args__ = (
        CheckConstraint("child_id <> guardian_id", name="two_people"),
        Index("ix_guardianships_area_code_id", "area_code", "id"),
        Index(
            "uq_guardianships_open",
            "child_id",
            "guardian_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    child_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"), index=True)
    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"), index=True)
    relation: Mapped[GuardianRelation]
    proof_sealed: Mapped[Sealed]
    """Which document was shown."""
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    valid_until: Mapped[date]
    """Its last day."""
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    content_hash: Mapped[bytes]
    child: Mapped[Resident] = relationship(lazy="raise", foreign_keys=[child_id])
