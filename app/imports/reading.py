"""Reading a workbook: sheets by their names, columns by their headings, and what is found in each cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.adapters import ReadCell, ReadSheet, Span, read_sheets
from app.imports.cells import Seen
from app.imports.findings import CellFault, Finding, Found
from app.imports.sheets import (
    EXAMPLE,
    HEADING_ROWS,
    MARK,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    Column,
    SheetKind,
    plain_heading,
)

_MOST_NOTES = 100


class TooLongError(Exception):
    """There are more rows than one workbook may have."""


@dataclass
class Row:
    """A row: what was read of it, where each field stands, and what was found."""

    kind: SheetKind
    number: int
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def find(self, found: Found, name: str, said: str = "") -> None:
        """Tell something of the field of this name."""
        heading = next((column.heading for column in self.kind.columns if column.name == name), "")
        self.findings.append(Finding(found, self.cells.get(name), heading, said))

    def found(self, name: str) -> bool:
        """Say whether something was found in the field of this name."""
        cell = self.cells.get(name)
        return cell is not None and any(one.cell == cell for one in self.findings)

    @property
    def is_faulty(self) -> bool:
        """Say whether something keeps it out, whoever says that it is meant."""
        return any(not one.is_remark and not one.is_doubt for one in self.findings)


@dataclass
class Note:
    """Something found about a whole sheet; a sheet that is not ours is named by its place, not its words."""

    sheet: str
    finding: Finding


@dataclass
class Book:
    """All that was read."""

    rows: list[Row] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    sheets: int = 0
    """How many sheets were read."""


def read_book(data: bytes, kinds: Sequence[SheetKind], *, others: Sequence[SheetKind] = ()) -> Book:
    """Read the sheets of these kinds, in their order; of ``others`` only that they are there.

    Raises TooLongError and WorkbookUnreadableError, WorkbookTooLargeError, WorkbookActiveError.
    """
    sheets = read_sheets(data, sheets=MOST_SHEETS, columns=MOST_COLUMNS, rows=MOST_ROWS + HEADING_ROWS + 1)
    book, found = Book(), _Sheets([*kinds, *others])
    for place, sheet in enumerate(sheets, start=1):
        kind = found.kind_of(sheet)
        if kind is None:
            if sheet.name.strip() != HELP_TITLE:
                _note(book, f"第{place}张表", Found.UNKNOWN_SHEET)
        elif sheet.is_hidden:
            _note(book, kind.title, Found.HIDDEN_SHEET)
        elif kind in others:
            _note(book, kind.title, Found.OTHERS_SHEET, said=kind.entered_by)
        elif not found.take(kind, sheet):
            _note(book, kind.title, Found.SHEET_TWICE)
    for kind in kinds:
        taken = found.taken.get(kind.sheet)
        if taken is not None:
            book.rows.extend(_rows(book, kind, taken))
            book.sheets += 1
    if len(book.rows) > MOST_ROWS:
        raise TooLongError
    return book


HELP_TITLE = "填写说明"


class _Sheets:
    """Which sheet is which: by its name, or else by its headings."""

    def __init__(self, kinds: Sequence[SheetKind]) -> None:
        self._kinds = kinds
        self.taken: dict[str, ReadSheet] = {}

    def kind_of(self, sheet: ReadSheet) -> SheetKind | None:
        name = plain_heading(sheet.name)
        for kind in self._kinds:
            if name == kind.title:
                return kind
        for kind in self._kinds:
            head = _head(kind, sheet)
            if head is not None and kind.required <= {column.name for column in head[1].values()}:
                return kind
        return None

    def take(self, kind: SheetKind, sheet: ReadSheet) -> bool:
        if kind.sheet in self.taken:
            return False
        self.taken[kind.sheet] = sheet
        return True


def _head(kind: SheetKind, sheet: ReadSheet) -> tuple[int, dict[int, Column]] | None:
    """Find the row of the headings: of the first ones the row that has most; give its columns by place."""
    best: tuple[int, dict[int, Column]] | None = None
    for number, cells in enumerate(sheet.rows[:HEADING_ROWS]):
        columns: dict[int, Column] = {}
        for place, cell in enumerate(cells):
            column = None if cell.is_empty else kind.column_of(str(cell.value))
            if column is not None and column not in columns.values():
                columns[place] = column
        if columns and (best is None or len(columns) > len(best[1])):
            best = number, columns
    return best


def _rows(book: Book, kind: SheetKind, sheet: ReadSheet) -> Iterator[Row]:
    head = _head(kind, sheet)
    if head is None:
        _note(book, kind.title, Found.NO_HEADINGS)
        return
    start, columns = head
    mark = _note_headings(book, kind, sheet.rows[start], columns)
    have = {column.name for column in columns.values()}
    missing = [column for column in kind.columns if column.required and column.name not in have]
    for column in missing:
        _note(book, kind.title, Found.HEADING_MISSING, said=column.heading)
    if missing:
        return
    merged = _merged(sheet.merged)
    for number, cells in enumerate(sheet.rows[start + 1 :], start=start + 2):
        if mark is not None and mark < len(cells) and str(cells[mark].value).strip() == EXAMPLE:
            continue
        if all(cells[place].is_empty for place in columns if place < len(cells)):
            continue
        yield _row(kind, number, cells, columns, merged, sheet.epoch)


def _row(
    kind: SheetKind,
    number: int,
    cells: Sequence[ReadCell],
    columns: dict[int, Column],
    merged: dict[int, set[int]],
    epoch: date,
) -> Row:
    row = Row(kind, number)
    for place, column in columns.items():
        cell = cells[place]
        row.cells[column.name] = cell.address
        if place in merged.get(number, ()):
            row.find(Found.MERGED, column.name)
        elif cell.is_error:
            row.find(Found.ERROR_VALUE, column.name)
        elif cell.is_formula:
            row.find(Found.FORMULA, column.name)
        elif cell.is_empty:
            if column.required:
                row.find(Found.MISSING, column.name)
        else:
            seen = Seen(cell, column.heading, epoch)
            try:
                row.values[column.name] = column.read(seen)
            except CellFault as fault:
                row.find(fault.found, column.name, fault.said)
            row.findings.extend(seen.findings)
    return row


def _note_headings(
    book: Book, kind: SheetKind, cells: Sequence[ReadCell], columns: dict[int, Column]
) -> int | None:
    """Tell of columns that are not read; give the place of the one that marks examples."""
    mark = None
    for place, cell in enumerate(cells):
        if cell.is_empty or place in columns:
            continue
        heading = str(cell.value)
        if plain_heading(heading) == MARK:
            mark = place
            continue
        twice = kind.column_of(heading) is not None
        _note(book, kind.title, Found.HEADING_TWICE if twice else Found.HEADING_UNKNOWN, cell=cell.address)
    return mark


def _merged(spans: Sequence[Span]) -> dict[int, set[int]]:
    """Give the places that merged cells cover, by the numbers of their rows.

    No program lets spans lie over each other, so that together they are no more than the sheet.
    """
    covered: dict[int, set[int]] = {}
    left = (MOST_ROWS + HEADING_ROWS) * MOST_COLUMNS
    for span in spans:
        rows = range(span.top, min(span.bottom, MOST_ROWS + HEADING_ROWS) + 1)
        places = range(span.left - 1, min(span.right, MOST_COLUMNS))
        left -= len(rows) * len(places)
        if left < 0:
            break
        for number in rows:
            covered.setdefault(number, set()).update(places)
    return covered


def _note(book: Book, sheet: str, found: Found, *, cell: str | None = None, said: str = "") -> None:
    if len(book.notes) < _MOST_NOTES:
        book.notes.append(Note(sheet, Finding(found, cell, said=said)))
