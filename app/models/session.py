"""Sign-ins: sessions of users."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id


class SessionKind(enum.StrEnum):
    """What a session is good for: the audience of its token."""

    APP = "app"
    CONSOLE = "console"


class EndReason(enum.StrEnum):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed_out"
    SUPERSEDED = "superseded"
    """The account signed in elsewhere, and more console sessions than allowed would have been open."""
    STEPPED_UP = "stepped_up"
    """The second factor was shown: the session goes on under another token."""
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a word
    """A refresh token came back that was used before: somebody else has it."""
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a word
    SECOND_FACTOR_RESET = "second_factor_reset"
    ROLE_CHANGED = "role_changed"
    DISABLED = "disabled"
    CONSENT_ENDED = "consent_ended"
    """The session was a child's, and its guardian's consent stands no longer."""


class SignIn(Base):
    """A session: an opaque random token, of which only the SHA-256 is stored."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_family_id", "family_id"),)
    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    family_id: Mapped[UUID]
    """The sign-in that it goes on from; its own id if it began with one."""
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    kind: Mapped[SessionKind]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    idle_s: Mapped[int]
    """Seconds without a request after which it is over."""
    last_seen_at: Mapped[datetime]
    """Written at most once a minute, so the session may end up to a minute early."""
    second_factor_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    """When the person last proved himself: at sign-in, or again since; None if a device went on by itself."""
    address_hash: Mapped[bytes | None]
    """The network address it was opened from, under a keyed hash."""
    let_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff handed out the code that it goes on from: he knew it, and may sit in it himself."""
    wechat_since: Mapped[datetime | None]
    """Since when the WeChat that it began with is the account's; None if it began otherwise."""
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None]
