"""Who WeChat knows under which identity of its own."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Sealed


class WeChatApp(enum.StrEnum):
    """Each has an appid, and with it an openid of its own for everybody."""

    MINI = "mini"
    WEB = "web"


_OPEN = text("ended_at IS NULL")


class WeChatLink(Base):
    """A user's identity at WeChat; what WeChat calls him goes when the link ends."""

    __tablename__ = "wechat_identities"
    __table_args__ = (
        CheckConstraint(
            "(ended_at IS NULL) = (openid_sealed IS NOT NULL)"
            " AND (openid_sealed IS NULL) = (openid_index IS NULL)"
            " AND (unionid_sealed IS NULL) = (unionid_index IS NULL)"
            " AND (ended_at IS NULL OR unionid_sealed IS NULL)",
            name="ended_is_empty",
        ),
        Index(
            "uq_wechat_identities_openid_index_app",
            "openid_index",
            "app",
            unique=True,
            postgresql_where=_OPEN,
        ),
        Index("uq_wechat_identities_user_id_app", "user_id", "app", unique=True, postgresql_where=_OPEN),
        Index("ix_wechat_identities_unionid_index", "unionid_index"),
    )
    id: Mapped[Id]
    app: Mapped[WeChatApp]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    openid_sealed: Mapped[Sealed | None]
    openid_index: Mapped[bytes | None]
    unionid_sealed: Mapped[Sealed | None]
    unionid_index: Mapped[bytes | None]
    """The same for the apps of one owner."""
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
