"""Consents: texts by purpose and version, and what people decided on them."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as in_sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import AreaCode, Base, Id
from app.models.freezing import Freezable


class ConsentPurpose(enum.StrEnum):
    """What sensitive personal data is asked for, each by itself (PIPL, art. 29)."""

    LOCATION = "location"
    PHOTO = "photo"
    HEALTH_HARDSHIP = "health_hardship"
    ID_NUMBER = "id_number"
    MINORS = "minors"
    SHARING_UPWARD = "sharing_upward"


class ConsentChannel(enum.StrEnum):
    """How somebody decided."""

    APP = "app"
    PAPER = "paper"
    """Signed on paper, and recorded by staff."""
    CODE = "code"
    """A yes of a guardian's, in a session that a code of staff's let in, without a proof that it was he."""


class ConsentText(Base):
    """What people are asked to agree to: one version of one purpose, never changed."""

    __tablename__ = "consent_texts"
    __table_args__ = (UniqueConstraint("purpose", "version"),)
    id: Mapped[Id]
    purpose: Mapped[ConsentPurpose]
    version: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    text_hash: Mapped[bytes]
    """SHA-256 of title, line break and text."""
    published_at: Mapped[datetime]


class Consent(Freezable, Base):
    """A decision on one text, for one resident: given or refused, and perhaps withdrawn later."""

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_resident_id_purpose", "resident_id", "purpose", "decided_at"),
        Index(
            "ix_consents_withdrawn_by", "withdrawn_by", postgresql_where=in_sql("withdrawn_by IS NOT NULL")
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    """Whose data it is about."""
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("residents.id"), index=True)
    """He himself, or his guardian."""
    purpose: Mapped[ConsentPurpose]
    text_id: Mapped[UUID] = mapped_column(ForeignKey("consent_texts.id"))
    text_hash: Mapped[bytes]
    given: Mapped[bool]
    channel: Mapped[ConsentChannel]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    let_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    """Who of the staff handed out the code of the session in which it was decided."""
    decided_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    content_hash: Mapped[bytes]
    text: Mapped[ConsentText] = relationship(lazy="raise")
