"""The workbook that is taken out: no formulas, and the mark of who took it, seen and unseen.

It is made in memory, with its pictures. XlsxWriter's other ways put the sheet into a temporary file first,
in clear.
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, cast
from unicodedata import east_asian_width
from uuid import UUID

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.adapters import Sink
from app.clock import SHANGHAI, ends_a_day

_SMALL = "&C&8"
"""In the middle, and small: a header of one line that is too long loses both of its ends in print."""
MARK_ROW, NOTE_ROW, HEADING_ROW, FIRST_ROW = range(4)
_PURPOSE_IN_HEADER = 40
"""Signs: a page's header holds 255, some of them doubled."""
_NAME_IN_HEADER = 20
_NARROW, _WIDE = 8, 40
"""The least and the most of a column's width, in Latin letters; a Chinese sign takes two."""
_BUTTON = 3
"""The width of the button of the filter, which lies over the end of its heading."""
_LEAST_IN_ALL = 60
"""Of all columns: the mark above them wants some room, and a row has a height that it cannot exceed."""
_ROW_HEIGHT = 15
"""Of one line of text, in points."""
_MOMENT = "yyyy-mm-dd hh:mm"
_END_OF_DAY = 'yyyy-mm-dd" 24:00"'
"""Of a moment in the last second of a day: it stays one that can be sorted and counted with."""
_A4 = 9
"""Its number among Excel's kinds of paper."""
_PICTURE_PX, _ROW_PX, _AROUND_PX = 120, 90, 2
"""The widest and the highest that a picture is shown, and the room around it."""
_PICTURE_WIDTH = 18
"""Of a column with pictures, in Latin letters."""
_MOVES_AND_SIZES = 1
"""XlsxWriter's number for a picture that goes with its cell when rows are sorted or hidden."""


@dataclass(frozen=True)
class Picture:
    """A small JPEG that lies over a cell, and moves with it; ``words`` say it to who cannot see it."""

    jpeg: bytes
    words: str
    width: int
    """In pixels, as is its height."""
    height: int


@dataclass(frozen=True)
class Deadline:
    """A moment until which something is to be done; the end of a day is shown as its hour 24."""

    at: datetime


CellValue = str | int | datetime | Deadline | Picture
"""What a cell holds."""


@dataclass(frozen=True)
class Mark:
    """Who took the file out, when, what for, and under which id that is on record."""

    name: str
    at: datetime
    purpose: str
    export_id: UUID

    def __str__(self) -> str:
        return self._told(self.name, self.purpose)

    @property
    def header(self) -> str:
        """Give it as the header of each page, where ``&`` begins a command and must be doubled."""
        told = self._told(self.name[:_NAME_IN_HEADER], self.purpose[:_PURPOSE_IN_HEADER])
        return f"{_SMALL}{told.replace('&', '&&')}"

    def _told(self, name: str, purpose: str) -> str:
        at = f"{self.at.astimezone(SHANGHAI):%Y年%m月%d日%H:%M}"
        return f"导出人：{name}　时间：{at}　用途：{purpose}　编号：{self.export_id}"


def write_workbook(
    sink: Sink,
    mark: Mark,
    headings: Sequence[str],
    lines: Iterable[Sequence[CellValue]],
    *,
    sheet: str,
    note: Callable[[], str],
) -> int:
    """Write the workbook; give how many lines stand below its headings.

    ``note`` is asked once all lines are there. Every text is written as one, so that nothing is ever a
    formula or a link (ASVS 5.0, 1.2.10); moments are written as days and times in China, whole numbers as
    numbers.
    """
    book = Workbook(cast("IO[bytes]", sink), {"in_memory": True})
    _hide(book, mark, sheet)
    page = book.add_worksheet(sheet)
    bold = book.add_format({"bold": True})
    moments = {name: book.add_format({"num_format": name}) for name in (_MOMENT, _END_OF_DAY)}
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_header(mark.header)
    page.set_footer("&C第&P页，共&N页")
    page.repeat_rows(MARK_ROW, HEADING_ROW)
    widths = [max(_NARROW, _width(heading) + _BUTTON) for heading in headings]
    for place, heading in enumerate(headings):
        page.write_string(HEADING_ROW, place, heading, bold)
    count = 0
    for count, line in enumerate(lines, start=1):
        for place, value in enumerate(line):
            shown = _write(page, FIRST_ROW + count - 1, place, value, moments)
            widths[place] = max(widths[place], shown)
    widths = [min(width, _WIDE) + 1 for width in widths]
    widths[-1] += max(0, _LEAST_IN_ALL - sum(widths))
    for place, width in enumerate(widths):
        page.set_column(place, place, width)
    wrapped = {"text_wrap": True, "valign": "top"}
    for row, text, style in ((MARK_ROW, str(mark), {"bold": True}), (NOTE_ROW, note(), {})):
        _across(page, row, text, book.add_format(wrapped | style), widths)
    page.freeze_panes(FIRST_ROW, 0)
    page.autofilter(HEADING_ROW, 0, HEADING_ROW + count, len(headings) - 1)
    book.close()
    return count


def _write(page: Worksheet, row: int, place: int, value: CellValue, moments: Mapping[str, Format]) -> int:
    """Write a cell; give how wide it is."""
    if isinstance(value, str):
        page.write_string(row, place, value)
        return _width(value)
    if isinstance(value, Picture):
        return _draw(page, row, place, value)
    if isinstance(value, Deadline) and ends_a_day(value.at):
        _write_moment(page, row, place, value.at - timedelta(seconds=1), moments[_END_OF_DAY])
        return len(_MOMENT)
    if isinstance(value, datetime | Deadline):
        at = value.at if isinstance(value, Deadline) else value
        _write_moment(page, row, place, at, moments[_MOMENT])
        return len(_MOMENT)
    page.write_number(row, place, value)
    return len(str(value))


def _write_moment(page: Worksheet, row: int, place: int, at: datetime, shown: Format) -> None:
    page.write_datetime(row, place, at.astimezone(SHANGHAI).replace(tzinfo=None), shown)


def _draw(page: Worksheet, row: int, place: int, picture: Picture) -> int:
    """Lay a picture over a cell, make its row high enough, and give how wide its column must be."""
    scale = min(_PICTURE_PX / picture.width, _ROW_PX / picture.height)
    shown = {"x_scale": scale, "y_scale": scale, "x_offset": _AROUND_PX, "y_offset": _AROUND_PX}
    shown |= {"object_position": _MOVES_AND_SIZES}
    data = {"image_data": io.BytesIO(picture.jpeg), "description": picture.words}
    page.insert_image(row, place, f"{picture.words}.jpg", data | shown)
    page.set_row_pixels(row, _ROW_PX + 2 * _AROUND_PX)
    return _PICTURE_WIDTH


def _across(sheet: Worksheet, row: int, text: str, style: Format, widths: Sequence[int]) -> None:
    """Write a text over all columns, and make its row as high as it then needs."""
    if len(widths) > 1:
        sheet.merge_range(row, 0, row, len(widths) - 1, "", style)
    sheet.write_string(row, 0, text, style)
    sheet.set_row(row, _ROW_HEIGHT * (1 + _width(text) // (sum(widths) - 1)))


def _width(text: str) -> int:
    """Give how many Latin letters are as wide as a text."""
    return sum(2 if east_asian_width(sign) in {"W", "F"} else 1 for sign in text)


def _hide(book: Workbook, mark: Mark, sheet: str) -> None:
    """Put the mark where the sheet does not show it, so that it is there when the rows above are cut off."""
    created = mark.at.astimezone(UTC).replace(tzinfo=None)
    book.set_properties(
        {
            "title": sheet,
            "author": mark.name,
            "subject": mark.purpose,
            "comments": str(mark),
            "created": created,
        }
    )
    book.set_custom_property("export_id", str(mark.export_id), "text")
    book.set_custom_property("exported_by", mark.name, "text")
    book.set_custom_property("exported_at", mark.at.isoformat(), "text")
