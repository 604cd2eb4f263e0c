"""The workbook that a file of the roster is: text only, with the mark of who took it, seen and unseen.

It is made in memory. XlsxWriter's other ways put the sheet into a temporary file first, in clear.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, cast
from uuid import UUID

from xlsxwriter import Workbook

from app.adapters import Sink
from app.clock import SHANGHAI

SHEET = "名册"
NOTE = (
    "不满14周岁的孩子只写姓，不含未成年人的出生日期和号码，不含已注销账号的居民。"
    "只能用于上面写的用途，用完请删除。"
)
MARK_ROW, NOTE_ROW, HEADING_ROW, FIRST_ROW = range(4)
_PURPOSE_IN_HEADER = 40
"""Signs: a page's header holds 255, some of them doubled."""
_NAME_IN_HEADER = 20
_WIDTH = 16
"""Of a column, in signs."""


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
        return f"&C{told.replace('&', '&&')}"

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
    sheet.set_header(mark.header)
    sheet.repeat_rows(MARK_ROW, HEADING_ROW)
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.set_column(0, len(headings) - 1, _WIDTH)
    sheet.write_string(MARK_ROW, 0, str(mark), bold)
    sheet.write_string(NOTE_ROW, 0, NOTE)
    for place, heading in enumerate(headings):
        sheet.write_string(HEADING_ROW, place, heading, bold)
    count = 0
    for count, line in enumerate(lines, start=1):
        for place, text in enumerate(line):
            sheet.write_string(FIRST_ROW + count - 1, place, text)
    book.close()
    return count


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
