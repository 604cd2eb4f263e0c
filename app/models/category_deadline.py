"""How much time a community gives for each category of hazards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id
from app.models.hazard import HazardCategory


class CategoryDeadline(Base):
    """What a community said of a category; the latest says what holds, the older ones stay."""

    __tablename__ = "category_deadlines"
    __table_args__ = (
        CheckConstraint("working_days BETWEEN 1 AND 60", name="working_days"),
        Index("ix_category_deadlines_latest", "area_code", "category", "set_at", "id"),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    category: Mapped[HazardCategory]
    working_days: Mapped[int | None]
    """None: what holds for everybody from then on."""
    set_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    set_at: Mapped[datetime]
    content_hash: Mapped[bytes]
