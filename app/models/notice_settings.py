"""When and of what a person wants to be told on his phone."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id


class NoticeSettings(Base):
    """What one person chose; whoever has no row has the defaults (``app/notices/wishes.py``)."""

    __tablename__ = "notice_settings"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="both_or_none"),
        CheckConstraint("revision >= 0", name="counted"),
    )
    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    revision: Mapped[int]
    """Counts the changes, so that a late copy of one does not undo the next."""
    quiet_from: Mapped[time | None]
    """Time of day in China from which the phone stays silent; without it, it never does."""
    quiet_until: Mapped[time | None]
    off: Mapped[list[str]]
    """Kinds of notices that stay in the inbox."""
    changed_at: Mapped[datetime]
