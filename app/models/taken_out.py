"""What files that are taken out of the installation have in common: how far they are, and when they end."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import SchemaItem

from app.clock import now
from app.models.base import AreaCode, Big, Id, Sealed


class ExportState(enum.StrEnum):
    """How far an export has come; it follows from the moments of its row, and from the time."""

    MAKING = "making"
    READY = "ready"
    FETCHED = "fetched"
    FAILED = "failed"
    OVER = "over"
    """Nobody fetched it in time; from that moment on, though a job deletes the file a little later."""


class ExportFailure(enum.StrEnum):
    """Why there will be no file."""

    FAULT = "fault"
    """It was tried as often as it is tried: something is wrong here."""
    LATE = "late"
    """It was not made within a day, as after a long standstill."""
    TOO_BIG = "too_big"
    """More came since it was asked for than one file may hold, or than may be taken out without approval."""
    NO_FUNCTION = "no_function"
    """Who asked does not hold the function there any more."""


def rules_of_files(table: str) -> tuple[SchemaItem, ...]:
    """Give the constraints and indexes that each table of such files has."""
    open_one = "fetched_at IS NULL AND failed_at IS NULL AND ended_at IS NULL"
    return (
        CheckConstraint("approved_by <> asked_by", name="two_people"),
        CheckConstraint("fetched_at IS NULL OR key_sealed IS NULL", name="fetched_without_key"),
        CheckConstraint("ended_at IS NULL OR key_sealed IS NULL", name="ended_without_key"),
        CheckConstraint("(failure IS NULL) = (failed_at IS NULL)", name="failed_for_a_reason"),
        CheckConstraint("failed_at IS NULL OR ready_at IS NULL", name="failed_or_ready"),
        CheckConstraint(
            "ended_at IS NULL OR failed_at IS NOT NULL OR ready_at IS NOT NULL", name="ended_after"
        ),
        Index(f"ix_{table}_asked_by_id", "asked_by", "id"),
        Index(f"uq_{table}_one_open", "asked_by", unique=True, postgresql_where=text(open_one)),
        Index(f"ix_{table}_open", "asked_at", "id", postgresql_where=text("ended_at IS NULL")),
    )


class TakenOut:
    """A file for one person, fetched once; its row stays to prove who took what out, and why."""

    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    """Of what the file tells."""
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    """Who gets it, and nobody else."""
    purpose: Mapped[str]
    """It stands in the file."""
    asked_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    """How often making it was begun."""
    try_at: Mapped[datetime]
    """From when on it may be made, or be made again."""
    failed_at: Mapped[datetime | None]
    failure: Mapped[ExportFailure | None]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    row_count: Mapped[int | None]
    """Lines of the file."""
    size: Mapped[Big | None]
    """Bytes of the file as it is handed over."""
    key_sealed: Mapped[Sealed | None]
    """Key of its file; it goes with the first fetch, and then nobody can read what is left of the file."""
    fetched_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When the file was deleted, or what a failed try may have left of one."""
    content_hash: Mapped[bytes]

    @property
    def state(self) -> ExportState:
        """Say how far it has come by now."""
        if self.failed_at is not None:
            return ExportState.FAILED
        if self.fetched_at is not None:
            return ExportState.FETCHED
        if self.ended_at is not None or (self.expires_at is not None and self.expires_at <= now()):
            return ExportState.OVER
        return ExportState.MAKING if self.ready_at is None else ExportState.READY
