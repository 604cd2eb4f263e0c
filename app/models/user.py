"""Users and their grants."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.actors import Role
from app.models.base import AreaCode, Base, Id, Sealed


class User(Base):
    """Somebody who may sign in; bound to a roster resident if he is one."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(
            "closed_at IS NULL OR (disabled_at IS NOT NULL AND num_nonnulls(area_code, phone_sealed,"
            " phone_index, password_hash, resident_id) = 0)",
            name="closed_is_empty",
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode | None] = mapped_column(ForeignKey("areas.code"), index=True)
    """None for somebody who came by WeChat and is bound to no resident yet."""
    phone_sealed: Mapped[Sealed | None]
    phone_index: Mapped[bytes | None] = mapped_column(unique=True)
    phone_vouched_at: Mapped[datetime | None]
    """When WeChat said that the phone is his; None for one that staff wrote down."""
    name: Mapped[str]
    password_hash: Mapped[str | None]
    password_set_at: Mapped[datetime | None]
    old_password_hashes: Mapped[list[str]] = mapped_column(default=list)
    """Of passwords before, the latest first."""
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who made the invitation by which a password was set last: he had it in his hands before its owner."""
    invited_at: Mapped[datetime | None]
    """When that password was set."""
    last_signed_in_at: Mapped[datetime | None]
    resident_id: Mapped[UUID | None] = mapped_column(ForeignKey("residents.id"), unique=True)
    content_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    enabled_at: Mapped[datetime | None]
    """When it was enabled again last."""
    closed_at: Mapped[datetime | None]
    """When the person closed it for good; nothing of him may stand here since."""
    grants: Mapped[list["Grant"]] = relationship(
        lazy="raise", back_populates="user", foreign_keys="Grant.user_id"
    )


class Grant(Base):
    """A role for a user in an area, for a time."""

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="validity"),
        CheckConstraint("role <> 'resident'", name="resident_is_implied"),
        Index("ix_grants_user_id", "user_id"),
        Index("ix_grants_area_code_id", "area_code", "id"),
        ExcludeConstraint(
            ("user_id", "="),
            ("role", "="),
            ("area_code", "="),
            (text("tstzrange(valid_from, valid_until)"), "&&"),
            where=text("ended_at IS NULL"),
            name="ex_grants_terms",
        ),
    )
    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[Role]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    content_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="raise", back_populates="grants", foreign_keys=[user_id])
