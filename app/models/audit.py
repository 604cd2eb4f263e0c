"""The audit trail: entries, the links that chain them, signed checkpoints, and what verifications found.

Nothing here has foreign keys: an entry outlives what it names, and must never wait for another row's lock.
Triggers refuse every change.
"""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Big, Id


class AuditResult(enum.StrEnum):
    """How it ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class AuditEntry(Base):
    """Who did what to which record, or tried to; ids only, nothing personal."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at", "at", postgresql_using="brin"),
        Index("ix_audit_entries_actor_id_id", "actor_id", "id"),
        Index("ix_audit_entries_object_id_id", "object_id", "id"),
        Index("ix_audit_entries_cuts", "id", postgresql_where=text("action = 'audit:cut'")),
    )
    id: Mapped[Id]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    roles: Mapped[list[str]]
    """Those that gave the actor this function; of somebody without the function, all that he holds."""
    session_id: Mapped[UUID | None]
    area_code: Mapped[AreaCode | None]
    """Of the record, or else the actor's; None if the entry is about no area."""
    permission: Mapped[str | None]
    action: Mapped[str]
    """Method and route, or ``job:`` or ``command:`` and its name."""
    object_kind: Mapped[str | None]
    object_id: Mapped[UUID | None]
    result: Mapped[AuditResult]
    code: Mapped[str | None]
    """Of the refusal."""
    ip: Mapped[str | None]
    device: Mapped[str | None]
    """Short hash of the User-Agent."""
    request_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]]
    mac: Mapped[bytes]
    """Over everything above; its first byte names the algorithm."""


class AuditLink(Base):
    """A place in the chain: binds an entry to everything linked before it."""

    __tablename__ = "audit_links"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(unique=True)
    hash: Mapped[bytes]


class AuditCheckpoint(Base):
    """The head of the chain at a moment, signed, with a copy outside the database."""

    __tablename__ = "audit_checkpoints"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes]
    at: Mapped[datetime]
    signature: Mapped[bytes]


class AuditVerification(Base):
    """What a verification of the whole trail found."""

    __tablename__ = "audit_verifications"
    id: Mapped[Id]
    at: Mapped[datetime]
    entries: Mapped[Big]
    head: Mapped[Big]
    """Number of the newest link, 0 if there is none."""
    findings_count: Mapped[Big]
    findings: Mapped[list[dict[str, Any]]]
    """The first of them."""
