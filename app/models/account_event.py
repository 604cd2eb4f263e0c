"""What administrators did to accounts."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id


class AccountStep(enum.StrEnum):
    """What happened to an account."""

    DISABLE = "disable"
    ENABLE = "enable"
    RESET_SECOND_FACTOR = "reset_second_factor"


class AccountEvent(Base):
    """One step that was taken with an account, append-only."""

    __tablename__ = "account_events"
    __table_args__ = (Index("ix_account_events_user_id_at", "user_id", "at"),)
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    """Where the account belonged at the time."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    step: Mapped[AccountStep]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """None: disabled by the job, because nobody used it."""
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    content_hash: Mapped[bytes]
