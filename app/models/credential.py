"""What people prove themselves with apart from the password, and the tries that failed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Big, Id, Sealed


class SecondFactor(Base):
    """The secret of a user's authenticator app (TOTP, RFC 6238); it counts once confirmed by a code."""

    __tablename__ = "second_factors"
    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    secret_sealed: Mapped[Sealed]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[Big | None]
    """The step of 30 seconds whose code was used last; this and earlier ones are used up."""


class SignInTries(Base):
    """Failed tries in a row under one name, which is a keyed hash: of a phone known or not, or of a user."""

    __tablename__ = "sign_in_tries"
    who: Mapped[bytes] = mapped_column(primary_key=True)
    failed_at: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    locked_until: Mapped[datetime | None]


class RefreshToken(Base):
    """A token that opens the next session of a family once, of which only the SHA-256 is stored."""

    __tablename__ = "refresh_tokens"
    id: Mapped[Id]
    family_id: Mapped[UUID] = mapped_column(index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    """The same for the whole family: thirty days after the sign-in."""
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Invitation(Base):
    """Lets a user set his password once; only the SHA-256 of its token is stored."""

    __tablename__ = "invitations"
    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """None: made by a command, for the first administrators."""
    content_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was used, or another one took its place."""


class SignInCode(Base):
    """A code that staff hand to a resident without WeChat, to sign in once."""

    __tablename__ = "sign_in_codes"
    __table_args__ = (
        Index("uq_sign_in_codes_handle", "handle", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_sign_in_codes_handle_expires_at", "handle", "expires_at"),
        Index("ix_sign_in_codes_handed_out_by_created_at", "handed_out_by", "created_at"),
    )
    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    handle: Mapped[str]
    """Its first four digits, which say which code is meant and are no secret."""
    code_hash: Mapped[bytes]
    """Keyed hash of the other eight."""
    handed_out_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    """How often it was typed, the right time as well."""
    ended_at: Mapped[datetime | None]
