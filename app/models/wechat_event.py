"""What WeChat told us and we have to act on: kept once, and emptied as soon as that is done."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Sealed


class WeChatEventState(enum.StrEnum):
    """How far an event is."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"
    """It failed too often: somebody must look."""


class WeChatEvent(Base):
    """One event of WeChat's; whom it is about stands in the sealed content, as long as it is needed."""

    __tablename__ = "wechat_events"
    __table_args__ = (
        CheckConstraint("(state = 'done') = (content_sealed IS NULL)", name="done_is_empty"),
        Index("ix_wechat_events_state_next_try_at", "state", "next_try_at"),
    )
    id: Mapped[Id]
    key: Mapped[bytes] = mapped_column(unique=True)
    """A keyed hash of who, when and what: by it WeChat's repetitions are known."""
    kind: Mapped[str]
    content_sealed: Mapped[Sealed | None]
    state: Mapped[WeChatEventState] = mapped_column(default=WeChatEventState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    fault: Mapped[str | None]
    """The kind of the last failure, never its text."""
    told_at: Mapped[datetime]
    """By WeChat's clock."""
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    def end(self, at: datetime) -> None:
        """Mark it as done, and empty it."""
        self.state, self.content_sealed, self.done_at, self.fault = WeChatEventState.DONE, None, at, None

    def fail(self, fault: str, next_try_at: datetime | None) -> None:
        """Count a failed try: it waits for the next one, or is dead if there is none."""
        self.fault, self.tries = fault, self.tries + 1
        if next_try_at is None:
            self.state = WeChatEventState.DEAD
        else:
            self.next_try_at = next_try_at

    def revive(self, at: datetime) -> None:
        """Let a dead one be tried from the beginning."""
        self.state, self.tries, self.next_try_at = WeChatEventState.WAITING, 0, at
