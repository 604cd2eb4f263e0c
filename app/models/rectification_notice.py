"""Written notices that something must be put right (整改通知书)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id


class RectificationNotice(Base):
    """One notice, as it was handed over; what was found stands with the hazard, where nobody rewrites it."""

    __tablename__ = "rectification_notices"
    __table_args__ = (
        UniqueConstraint("community_code", "year", "number"),
        UniqueConstraint("hazard_id", "due_at"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazards.id"))
    community_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    year: Mapped[int]
    number: Mapped[int]
    """Counts the notices of a community in a year, without a gap."""
    due_at: Mapped[datetime]
    """The deadline it names; another deadline takes another notice."""
    addressee: Mapped[str]
    """The unit, or the person by name, that must put it right, or whoever the office wrote."""
    basis: Mapped[str]
    advice: Mapped[str]
    contact: Mapped[str]
    """Whom to ask at the office."""
    made_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[datetime]
    content_hash: Mapped[bytes]
