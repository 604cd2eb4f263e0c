"""Workbooks that people send: read within limits, and only what is written in their cells.

An XLSX file is a ZIP archive: how much it holds is known before anything of it is unpacked (ASVS 5.0, 5.2.3).
"""

import re
import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import islice
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from app.errors import DomainError, Kind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ENTRIES = 100
MAX_UNPACKED = 16 * 1024 * 1024
MAX_RATIO = 100
_SMALL = 64 * 1024
"""What is no longer than this, unpacked, may be packed as tightly as it is."""
_NOT_TAKEN = re.compile(
    r"vbaproject|(^|/)(externallinks|embeddings|activex|ctrlprops|customui|querytables)/|connections\.xml",
    re.IGNORECASE,
)
"""Macros, links to other files (DDE among them), and things put in."""
_MERGED = re.compile(rb'<(?:\w{1,9}:)?mergeCell\s[^>]{0,99}?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
"""A reader that goes through a sheet row by row does not tell which cells are merged."""
_BROKEN = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    zlib.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a reader of somebody else's file stumbles over; entities that XML defines are a ValueError too."""


class WorkbookUnreadableError(DomainError):
    """The file is no workbook in Excel's format of today."""

    code = "workbook_unreadable"
    kind = Kind.UNSUPPORTED


class WorkbookTooLargeError(DomainError):
    """The file has too many parts, or unpacks to more than is taken."""

    code = "workbook_too_large"
    kind = Kind.TOO_LARGE


class WorkbookActiveError(DomainError):
    """The file has macros, links to other files or things put in: nothing of it is read."""

    code = "workbook_active"
    kind = Kind.UNSUPPORTED


@dataclass(frozen=True)
class ReadCell:
    """What stands in a cell; a formula is given as its text."""

    address: str
    value: Any
    is_formula: bool
    is_error: bool = False
    """What a formula that failed left behind, such as #N/A."""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing stands there but blanks."""
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


class Span(NamedTuple):
    """Columns and rows from the first to the last, counted from 1."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class ReadSheet:
    """A sheet, row by row from the first on, and what cannot be seen in its cells."""

    name: str
    is_hidden: bool
    merged: tuple[Span, ...]
    """Merged cells; only the first one of each span has a value."""
    epoch: date
    """The day from which days are counted that stand there as figures."""
    rows: list[list[ReadCell]]


def check_workbook(data: bytes) -> None:
    """Refuse what an archive says of itself, before anything of it is unpacked.

    Raises WorkbookUnreadableError, WorkbookTooLargeError, WorkbookActiveError.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            _check(archive.infolist())
    except _BROKEN as error:
        raise WorkbookUnreadableError from error


def read_sheets(data: bytes, *, sheets: int, columns: int, rows: int) -> list[ReadSheet]:
    """Read the upper left part of so many sheets.

    Raises WorkbookUnreadableError, WorkbookTooLargeError, WorkbookActiveError.
    """
    check_workbook(data)
    try:
        book = load_workbook(BytesIO(data), read_only=True, keep_links=False)
        with ZipFile(BytesIO(data)) as archive:
            return [
                ReadSheet(
                    sheet.title,
                    sheet.sheet_state != "visible",
                    _merged(archive, sheet),
                    book.epoch.date(),
                    _rows(sheet, columns=columns, rows=rows),
                )
                for sheet in book.worksheets[:sheets]
            ]
    except _BROKEN as error:
        raise WorkbookUnreadableError from error


def read_sheet(data: bytes, name: str, *, columns: int, rows: int) -> list[list[ReadCell]]:
    """Read the upper left part of the sheet of this name, or of the first one, row by row.

    Raises WorkbookUnreadableError, WorkbookTooLargeError, WorkbookActiveError.
    """
    check_workbook(data)
    try:
        book = load_workbook(BytesIO(data), read_only=True, keep_links=False)
        sheet = book[name] if name in book.sheetnames else book.worksheets[0]
        return _rows(sheet, columns=columns, rows=rows)
    except _BROKEN as error:
        raise WorkbookUnreadableError from error


def _rows(sheet: Any, *, columns: int, rows: int) -> list[list[ReadCell]]:
    cells = sheet.iter_rows(min_row=1, max_row=rows, max_col=columns)
    return [list(_read(number, row)) for number, row in enumerate(islice(cells, rows), start=1)]


def _merged(archive: ZipFile, sheet: Any) -> tuple[Span, ...]:
    part = archive.read(sheet._worksheet_path)  # noqa: SLF001 - nothing else says where a sheet lies
    return tuple(Span(*range_boundaries(found.decode())) for found in _MERGED.findall(part))


def _read(number: int, row: Sequence[Any]) -> Iterator[ReadCell]:
    # An empty cell knows neither its column nor its row.
    for column, cell in enumerate(row, start=1):
        address = f"{get_column_letter(column)}{number}"
        yield ReadCell(address, cell.value, cell.data_type == "f", cell.data_type == "e")


def _check(entries: list[ZipInfo]) -> None:
    """Refuse what the archive says of itself; no reader unpacks more of an entry than it says."""
    names = [entry.filename for entry in entries]
    if any(_is_no_part(entry) for entry in entries) or len(set(names)) < len(names):
        raise WorkbookUnreadableError
    if any(_NOT_TAKEN.search(name) for name in names):
        raise WorkbookActiveError
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise WorkbookTooLargeError
    if any(entry.file_size > max(_SMALL, MAX_RATIO * entry.compress_size) for entry in entries):
        raise WorkbookTooLargeError


def _is_no_part(entry: ZipInfo) -> bool:
    """Say whether an entry is sealed, a link, or named as something outside the archive."""
    name = entry.filename
    is_outside = name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")
    return bool(entry.flag_bits & 1) or stat.S_ISLNK(entry.external_attr >> 16) or is_outside
