"""Workbooks that a settlement is entered from: what was found in each row, and what became of it."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.errors import IllegalStepError
from app.models.base import AreaCode, Base, Id, Sealed


class ImportState(enum.StrEnum):
    """How far a workbook has come."""

    WAITING = "waiting"
    """A job reads and checks it; nothing of it is entered yet."""
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    CANCELLED = "cancelled"
    FAILED = "failed"
    OVER = "over"
    """Nobody applied it in time."""


IMPORT_NEXT = {
    ImportState.WAITING: {
        ImportState.CHECKED,
        ImportState.FAILED,
        ImportState.CANCELLED,
        ImportState.OVER,
    },
    ImportState.CHECKED: {ImportState.APPLYING, ImportState.CANCELLED, ImportState.OVER},
    ImportState.APPLYING: {ImportState.APPLIED},
    ImportState.APPLIED: set[ImportState](),
    ImportState.CANCELLED: set[ImportState](),
    ImportState.FAILED: set[ImportState](),
    ImportState.OVER: set[ImportState](),
}


class ImportFailure(enum.StrEnum):
    """Why a workbook was not checked."""

    FAULT = "fault"
    """It was tried as often as it is tried: something is wrong here."""
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    """It has more rows than one workbook may have."""
    NO_SHEET = "no_sheet"
    """No sheet of it is one that the importer enters."""
    NO_FUNCTION = "no_function"
    """Who sent it does not hold the function there any more."""


class ImportSheet(enum.StrEnum):
    """What the rows of a sheet are, in the order in which they are entered."""

    GRIDS = "grids"
    PLACES = "places"
    RESIDENTS = "residents"
    GUARDIANS = "guardians"
    STAFF = "staff"
    CARE = "care"
    PLANS = "plans"


class ImportRowState(enum.StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DOUBTFUL = "doubtful"
    """It is entered only if somebody says so: it may be somebody who is there already."""
    RETURNED = "returned"
    """Somebody who left would live there again; only if somebody says so: the file may be older than that."""
    FAULTY = "faulty"


class ImportOutcome(enum.StrEnum):
    """What became of a row that was to be entered."""

    DONE = "done"
    UNCHANGED = "unchanged"
    """Somebody had entered the same meanwhile."""
    REFUSED = "refused"


_OPEN = "state IN ('waiting', 'checked', 'applying')"


class RosterImport(Base):
    """A workbook that somebody sent to enter a community, or more of it."""

    __tablename__ = "roster_imports"
    __table_args__ = (
        CheckConstraint("(failure IS NULL) = (state <> 'failed')", name="failed_for_a_reason"),
        CheckConstraint("state IN ('waiting', 'failed') OR key_sealed IS NULL", name="read_without_key"),
        Index("uq_roster_imports_one_open", "asked_by", unique=True, postgresql_where=text(_OPEN)),
        Index("ix_roster_imports_asked_by_id", "asked_by", "id"),
        Index("ix_roster_imports_open", "asked_at", "id", postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[Id]
    area_code: Mapped[AreaCode] = mapped_column(ForeignKey("areas.code"))
    """The community."""
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    state: Mapped[ImportState] = mapped_column(default=ImportState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    """How often checking or applying it was begun in vain."""
    try_at: Mapped[datetime]
    rows_total: Mapped[int | None]
    """Rows that are to be checked, and later entered; None before they are counted."""
    rows_done: Mapped[int] = mapped_column(default=0)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What was found about whole sheets: codes and cells, no words of the file."""
    failure: Mapped[ImportFailure | None]
    checked_at: Mapped[datetime | None]
    step_id: Mapped[UUID | None]
    """The step that let it be entered."""
    step_hash: Mapped[bytes | None]
    applied_at: Mapped[datetime | None]
    key_sealed: Mapped[Sealed | None]
    """Key of the file; it goes, and the file with it, once the rows were read."""
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When file and rows were deleted."""
    content_hash: Mapped[bytes]

    def advance(self, to: ImportState) -> None:
        """Take one legal step, the only writer of ``state``. Raises IllegalStepError."""
        if to not in IMPORT_NEXT[self.state]:
            raise IllegalStepError(id=self.id, now=self.state, asked=to)
        self.state = to


class ImportRow(Base):
    """A row of a workbook, until the import ends; what it makes has the row's own id."""

    __tablename__ = "import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "sheet", "row_number"),
        Index("ix_import_rows_import_id_id", "import_id", "id"),
        Index(
            "ix_import_rows_waiting",
            "import_id",
            "id",
            postgresql_where=text("chosen AND outcome IS NULL"),
        ),
    )
    id: Mapped[Id]
    import_id: Mapped[UUID] = mapped_column(ForeignKey("roster_imports.id", ondelete="CASCADE"))
    sheet: Mapped[ImportSheet]
    row_number: Mapped[int]
    """As the spreadsheet shows it."""
    state: Mapped[ImportRowState]
    chosen: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[ImportOutcome | None]
    content_sealed: Mapped[Sealed]
    """Its values, what was found in its cells, and what it would change."""
