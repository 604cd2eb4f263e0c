"""The workbook that a file of the roster is: text only, with the mark of who took it, seen and unseen.

It is made in memory. XlsxWriter's other ways put the sheet into a temporary file first, in clear.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, cast
from unicodedata import east_asian_width
from uuid import UUID

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.adapters import Sink
from app.clock import SHANGHAI

SHEET = "名册"
_SMALL = "&C&8"
"""In the middle, and small: a header of one line that is too long loses both of its ends in print."""
NOTE = (
    "不满14周岁的孩子只写姓，不含未成年人的出生日期和号码，不含已注销账号的居民。"
    "只能用于上面写的用途，用完请删除。"
)
MARK_ROW, NOTE_ROW, HEADING_ROW, FIRST_ROW = range(4)
_PURPOSE_IN_HEADER = 40
"""Signs: a page's header holds 255, some of them doubled."""
_NAME_IN_HEADER = 20
_NARROW, _WIDE = 8, 40
"""The least and the most of a column's width, in Latin letters; a Chinese sign takes two."""
_LEAST_IN_ALL = 60
"""Of all columns: the mark above them wants some room, and a row has a height that it cannot exceed."""
_ROW_HEIGHT = 15
"""Of one line of text, in points."""
_A4 = 9
"""Its number among Excel's kinds of paper."""


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


def write_workbook(sink: Sink, mark: Mark, headings: Sequence[str], lines: Iterable[Sequence[str]]) -> int:
    """Write the workbook; give how many lines stand below its headings.

    Every cell is written as text, so that nothing is ever a formula, a link or a number (ASVS 5.0, 1.2.10).
    """
    book = Workbook(cast("IO[bytes]", sink), {"in_memory": True})
    _hide(book, mark)
    sheet = book.add_worksheet(SHEET)
    bold = book.add_format({"bold": True})
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(mark.header)
    sheet.set_footer("&C第&P页，共&N页")
    sheet.repeat_rows(MARK_ROW, HEADING_ROW)
    sheet.freeze_panes(FIRST_ROW, 0)
    widths = [max(_NARROW, _width(heading)) for heading in headings]
    for place, heading in enumerate(headings):
        sheet.write_string(HEADING_ROW, place, heading, bold)
    count = 0
    for count, line in enumerate(lines, start=1):
        for place, text in enumerate(line):
            sheet.write_string(FIRST_ROW + count - 1, place, text)
            widths[place] = max(widths[place], _width(text))
    widths = [min(width, _WIDE) + 1 for width in widths]
    widths[-1] += max(0, _LEAST_IN_ALL - sum(widths))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    wrapped = {"text_wrap": True, "valign": "top"}
    for row, text, style in ((MARK_ROW, str(mark), {"bold": True}), (NOTE_ROW, NOTE, {})):
        _across(sheet, row, text, book.add_format(wrapped | style), widths)
    book.close()
    return count


def _across(sheet: Worksheet, row: int, text: str, style: Format, widths: Sequence[int]) -> None:
    """Write a text over all columns, and make its row as high as it then needs."""
    if len(widths) > 1:
        sheet.merge_range(row, 0, row, len(widths) - 1, "", style)
    sheet.write_string(row, 0, text, style)
    sheet.set_row(row, _ROW_HEIGHT * (1 + _width(text) // (sum(widths) - 1)))


def _width(text: str) -> int:
    """Give how many Latin letters are as wide as a text."""
    return sum(2 if east_asian_width(sign) in {"W", "F"} else 1 for sign in text)


def _hide(book: Workbook, mark: Mark) -> None:
    """Put the mark where the sheet does not show it, so that it is there when the rows above are cut off."""
    created = mark.at.astimezone(UTC).replace(tzinfo=None)
    book.set_properties(
        {
            "title": SHEET,
            "author": mark.name,
            "subject": mark.purpose,
            "comments": str(mark),
            "created": created,
        }
    )
    book.set_custom_property("export_id", str(mark.export_id), "text")
    book.set_custom_property("exported_by", mark.name, "text")
    book.set_custom_property("exported_at", mark.at.isoformat(), "text")
