"""Messages by WeChat: which ones a person asked for, and what became of those that we sent."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id


class MessageAcceptance(Base):
    """What one person accepted in one pop-up of WeChat's, as his phone tells it; known by the phone's id."""

    __tablename__ = "message_acceptances"
    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    template_ids: Mapped[list[str]]
    content_hash: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)


class CreditEnding(enum.StrEnum):
    """Why no message goes by a credit any more."""

    SPENT = "spent"
    REFUSED = "refused"
    """WeChat knows of none (43101), or no longer of the person (40003)."""
    TURNED_OFF = "turned_off"
    """He turned the template off in WeChat's settings."""


class MessageCredit(Base):
    """One acceptance of one template: by it one message may go, or any number if the template is long-term.

    Phone and WeChat both tell of it; two tellings are one credit.
    """

    __tablename__ = "message_credits"
    __table_args__ = (
        CheckConstraint("app_told_at IS NOT NULL OR wechat_told_at IS NOT NULL", name="told"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ending_dated"),
        Index("ix_message_credits_link_id_template_id", "link_id", "template_id"),
        Index("ix_message_credits_open", "link_id", postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[Id]
    link_id: Mapped[UUID] = mapped_column(ForeignKey("wechat_identities.id"))
    """Whose: it ends with the link."""
    template_id: Mapped[str]
    """At WeChat."""
    since: Mapped[datetime]
    """The first that was told of it; what was written before is not sent by it."""
    app_told_at: Mapped[datetime | None]
    wechat_told_at: Mapped[datetime | None]
    ending: Mapped[CreditEnding | None]
    ended_at: Mapped[datetime | None]

    def end(self, ending: CreditEnding, at: datetime) -> None:
        """Let no message go by it any more."""
        self.ending, self.ended_at = ending, at

    def give_back(self) -> None:
        """Let a message go by it again: the one that it was spent on did not go out."""
        if self.ending is CreditEnding.SPENT:
            self.ending = self.ended_at = None


class SendState(enum.StrEnum):
    """How far the sending of one notice is."""

    WAITING = "waiting"
    """It did not go out, and is tried again."""
    SENDING = "sending"
    """WeChat is being asked, or whoever asked died meanwhile."""
    SENT = "sent"
    ARRIVED = "arrived"
    """WeChat told that it reached the person."""
    UNDELIVERED = "undelivered"
    """WeChat took it, and told afterwards that it did not reach him."""
    UNKNOWN = "unknown"
    """No whole answer came: it is not sent again, for it may have gone out."""
    REFUSED = "refused"
    """WeChat knows of no message that he asked for (43101)."""
    GONE = "gone"
    """WeChat does not know the person any more."""
    DROPPED = "dropped"
    """It concerns him no more: account closed, moved away, or done meanwhile."""
    FAILED = "failed"
    """Somebody must look: the template, a setting, or WeChat was away too long."""
    JOINED = "joined"
    """The message of another notice tells of this one, too; that one says what became of it."""


OVER = frozenset(set(SendState) - {SendState.WAITING, SendState.SENDING})
"""States in which nothing more is done by us."""


class MessageSend(Base):
    """The sending of one notice by WeChat; the notice's id is its key, so it is sent once at most.

    One message may tell of several notices: the first has it, and the others name that one's in ``with_id``.
    """

    __tablename__ = "message_sends"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="waiting_dated"),
        CheckConstraint("(state = 'joined') = (with_id IS NOT NULL)", name="joined_with"),
        Index("ix_message_sends_state_next_try_at", "state", "next_try_at"),
        Index("ix_message_sends_link_id_template_id", "link_id", "template_id"),
    )
    id: Mapped[Id]
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"), unique=True)
    link_id: Mapped[UUID] = mapped_column(ForeignKey("wechat_identities.id"))
    credit_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("message_credits.id", ondelete="SET NULL"), index=True
    )
    with_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("message_sends.id", ondelete="CASCADE"), index=True
    )
    template_id: Mapped[str]
    state: Mapped[SendState]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    begun_at: Mapped[datetime]
    """When WeChat was asked last."""
    ended_at: Mapped[datetime | None]
    msgid: Mapped[str | None] = mapped_column(index=True)
    """WeChat's own name of the message."""
    fault: Mapped[str | None]
    """The kind of the last failure, never its text."""
    errcode: Mapped[int | None]
    """WeChat's number for it."""

    def begin(self, at: datetime) -> None:
        """Count a try: from now on it may have gone out."""
        self.state, self.begun_at, self.tries, self.next_try_at = SendState.SENDING, at, self.tries + 1, None

    def wait(self, until: datetime, fault: str, errcode: int | None) -> None:
        """Put it off: it did not go out."""
        self.state, self.next_try_at, self.fault, self.errcode = SendState.WAITING, until, fault, errcode

    def end(
        self, state: SendState, at: datetime, fault: str | None = None, errcode: int | None = None
    ) -> None:
        """Close it; what WeChat tells later may still refine how it ended."""
        self.state, self.ended_at, self.next_try_at = state, at, None
        self.fault, self.errcode = fault, errcode

    def revive(self, at: datetime) -> None:
        """Let one that failed be tried from the beginning."""
        self.state, self.tries, self.next_try_at, self.ended_at = SendState.WAITING, 0, at, None
