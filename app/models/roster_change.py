"""What was changed on the roster: written once with each change, and never changed itself."""

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import AreaCode, Base, Id, Sealed


class RosterChangeKind(enum.StrEnum):
    """What was done."""

    CREATED = "created"
    CORRECTED = "corrected"
    PRESENCE = "presence"
    RELATION = "relation"
    """To the head of the household, or between a child and a guardian."""
    BORN = "born"
    MOVED_IN = "moved_in"
    MOVED_WITHIN = "moved_within"
    MOVED_OUT = "moved_out"
    DIED = "died"
    SPLIT = "split"
    MERGED = "merged"
    CLOSED = "closed"
    UNDONE = "undone"
    SAME_PERSON = "same_person"
    """Somebody who was entered twice is one by now: what one of the two had, the other has."""
    TWO_PEOPLE = "two_people"
    """Somebody looked: two who read alike are not the same."""


class RosterChange(Base):
    """One change of a household or a resident, append-only: what, by whom, when, and what held before.

    It names both without keys, as transfers do: neither is ever taken away, and a key would lock a row that
    all changes of a household share.
    """

    __tablename__ = "roster_changes"
    __table_args__ = (
        Index("ix_roster_changes_resident_id_id", "resident_id", "id"),
        Index("ix_roster_changes_household_id_id", "household_id", "id"),
        Index("ix_roster_changes_former_id_id", "former_id", "id"),
        Index("ix_roster_changes_actor_id_id", "actor_id", "id"),
        Index(
            "uq_roster_changes_undoes_id",
            "undoes_id",
            unique=True,
            postgresql_where=text("undoes_id IS NOT NULL"),
        ),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode]
    kind: Mapped[RosterChangeKind]
    resident_id: Mapped[UUID | None]
    """None where the household itself was changed."""
    household_id: Mapped[UUID]
    """The household afterwards."""
    former_id: Mapped[UUID | None]
    """The household before, where it was another one."""
    actor_id: Mapped[UUID | None]
    """None where a closed account took its numbers along."""
    at: Mapped[datetime]
    day: Mapped[date]
    """Since when it holds, as somebody said or as it was done."""
    data: Mapped[dict[str, Any]]
    """Ids and words of a fixed list: which field, which guardian, part of which step."""
    said_sealed: Mapped[Sealed | None]
    """JSON: what held before and what holds now; None where the change says all, or its time was over."""
    reason_sealed: Mapped[Sealed | None]
    undoes_id: Mapped[UUID | None]
    """The change that this one undid; each is undone once."""
    moved: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """By table and column, the ids of the rows that went from a duplicate to who stays: these go back.
    Shown to nobody, as a case of harm to a minor may be among them."""
    content_hash: Mapped[bytes]
