"""A list as a workbook: a row an item, to be changed in a spreadsheet and read back into a draft."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.adapters import ReadCell, read_sheet
from app.checklists.sheets import Plain
from app.errors import DomainError, Kind
from app.models import HazardCategory, HazardLevel, ItemKind

SHEET, HELP_SHEET = "检查项", "填写说明"
MOST_ROWS = 60
_PROBLEM = "【问题】"
KIND_WORDS = {
    ItemKind.CHECK: "检查",
    ItemKind.SINGLE: "单选",
    ItemKind.MULTIPLE: "多选",
    ItemKind.NUMBER: "数字",
    ItemKind.TEXT: "文字",
    ItemKind.PHOTO: "照片",
}
LEVEL_WORDS = {HazardLevel.GENERAL: "一般", HazardLevel.MAJOR: "重大"}
CATEGORY_WORDS = {
    HazardCategory.FIRE: "消防",
    HazardCategory.BUILDING: "房屋",
    HazardCategory.FLOOD_GEOLOGICAL: "山洪滑坡",
    HazardCategory.TRAFFIC: "道路交通",
    HazardCategory.PRODUCTION: "车间安全",
    HazardCategory.ENVIRONMENT: "环境卫生",
    HazardCategory.DISPUTE: "矛盾纠纷",
    HazardCategory.FACILITY: "公共设施",
}
_YES, _NO = "是", "否"
_HELP = (
    "一行一个检查项，从上到下就是检查的顺序。第一行是表头，请不要改。",
    "编号：原来的检查项请不要改编号，改了就当成新的检查项。新加的检查项空着，系统会编。",
    "题型、必填、隐患级别、隐患类别：请从下拉里选。",
    f"选项：只有单选、多选要填，一行一个（Alt+回车换行）。选了算有问题的，后面写{_PROBLEM}。竖线后面是选项的编号，不要改。",
    "单位、小数位、最小值、最大值：只有数字要填。超出最小值、最大值就算有问题，空着就不限。",
    "照片张数：只有照片要填，至少要几张。",
    "整改期限：几个工作日，空着就按隐患级别的默认期限。",
    "请不要写公式。写好以后存成 .xlsx，再传回草稿里。",
)
_WORD = re.compile(r"[a-z0-9_]{1,40}")
_WIDE, _NARROW = 40, 12


class WorkbookHeadingsError(DomainError):
    """The first row lacks headings (data: ``missing``)."""

    code = "workbook_headings"
    kind = Kind.INVALID


class WorkbookEmptyError(DomainError):
    """The sheet has no item below its headings: a draft would be emptied by it."""

    code = "workbook_empty"
    kind = Kind.INVALID


class WorkbookTooLongError(DomainError):
    """The sheet has more items than a list may have (data: ``most``)."""

    code = "workbook_too_long"
    kind = Kind.INVALID


@dataclass(frozen=True)
class Column:
    """A column: its heading, how a value is shown, how a cell is read, and what may be chosen."""

    name: str
    heading: str
    show: Callable[[Any], str | float | None] = str
    read: Callable[[Any], Any] = str
    choices: Sequence[str] = ()
    is_wide: bool = False


@dataclass
class ReadItem:
    """A row as it was read, in the form of a draft's JSON, and where each field stands."""

    values: Plain = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)


@dataclass
class ReadItems:
    """All rows, and what is wrong with cells whatever they are for."""

    items: list[ReadItem] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


def as_workbook(title: str, items: Sequence[Plain]) -> bytes:
    """Write a list's items as a workbook; every text is written as text, whatever it begins with."""
    made = BytesIO()
    book = Workbook(made, {"in_memory": True})
    book.set_properties({"title": title})
    sheet = book.add_worksheet(SHEET)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, column.heading, bold)
        sheet.set_column(place, place, _WIDE if column.is_wide else _NARROW, text)
        if column.choices:
            chosen = {"validate": "list", "source": list(column.choices)}
            sheet.data_validation(1, place, MOST_ROWS, place, chosen)
    for row, item in enumerate(items, start=1):
        for place, column in enumerate(COLUMNS):
            _write(sheet, row, place, column.show(item[column.name]))
    told = book.add_worksheet(HELP_SHEET)
    told.set_column(0, 0, 2 * _WIDE, text)
    for row, line in enumerate((title, *_HELP)):
        told.write_string(row, 0, line, bold if row == 0 else text)
    book.close()
    return made.getvalue()


def read_items(data: bytes) -> ReadItems:
    """Read a workbook's items; whether they fit is for whoever reads drafts to say, cell by cell.

    Raises WorkbookUnreadableError, WorkbookTooLargeError, WorkbookActiveError, WorkbookHeadingsError,
    WorkbookEmptyError, WorkbookTooLongError.
    """
    head, *rows = read_sheet(data, SHEET, columns=3 * len(COLUMNS), rows=MOST_ROWS + 2) or [[]]
    places = {str(cell.value).strip(): place for place, cell in enumerate(head) if not cell.is_empty}
    missing = [column.heading for column in COLUMNS if column.heading not in places]
    if missing:
        raise WorkbookHeadingsError(missing="、".join(missing))
    found = ReadItems()
    for row in rows:
        cells = {
            column: row[places[column.heading]] for column in COLUMNS if places[column.heading] < len(row)
        }
        if all(cell.is_empty for cell in cells.values()):
            continue
        found.items.append(_item(cells, found.faults))
    if not found.items:
        raise WorkbookEmptyError
    if len(found.items) > MOST_ROWS:
        raise WorkbookTooLongError(most=MOST_ROWS)
    return found


def _item(cells: dict[Column, ReadCell], faults: dict[str, str]) -> ReadItem:
    item = ReadItem()
    for column, cell in cells.items():
        item.cells[column.name] = cell.address
        if cell.is_formula:
            faults[cell.address] = "这里是公式，请改成文字或数字"
        elif not cell.is_empty:
            item.values[column.name] = column.read(cell.value)
    return item


def _write(sheet: Worksheet, row: int, place: int, value: str | float | None) -> None:
    if isinstance(value, str) and value:
        sheet.write_string(row, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value)


def _as_text(value: Any) -> Any:
    """Read words; a figure that somebody typed there is meant as it reads."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return str(int(value)) if float(value).is_integer() else str(value)


def _as_figure(value: Any) -> Any:
    """Read a figure, also one that was kept as text; what is none stays, to be refused."""
    if isinstance(value, str):
        try:
            value = float(Decimal(value.strip()))
        except (InvalidOperation, ValueError):
            return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _figure(value: float | None) -> float | None:
    return value


def _count(value: int) -> int | None:
    return value or None


def _one_of(words: dict[Any, str]) -> dict[str, Any]:
    codes = {shown: str(code) for code, shown in words.items()}

    def read(value: Any) -> Any:
        return codes.get(str(value).strip(), value)

    return {"show": lambda value: words[value], "read": read, "choices": tuple(words.values())}


def _truth(value: Any) -> Any:
    return {_YES: True, _NO: False}.get(value.strip(), value) if isinstance(value, str) else value


def _show_options(options: Sequence[Plain]) -> str:
    return "\n".join(f"{one['text']}{_PROBLEM if one['problem'] else ''} | {one['code']}" for one in options)


def _read_options(value: Any) -> Any:
    text = _as_text(value)
    return [_option(line) for line in text.split("\n") if line.strip()] if isinstance(text, str) else value


def _option(line: str) -> Plain:
    text, bar, code = line.replace("｜", "|").rpartition("|")
    if not (bar and _WORD.fullmatch(code.strip())):
        text, code = line, ""
    text = text.strip()
    is_problem = text.endswith(_PROBLEM)
    return {"text": text.removesuffix(_PROBLEM).strip(), "problem": is_problem, "code": code.strip()}


COLUMNS = (
    Column("code", "编号", read=_as_text),
    Column("section", "分组", read=_as_text),
    Column("text", "检查内容", read=_as_text, is_wide=True),
    Column("kind", "题型", **_one_of(KIND_WORDS)),
    Column("required", "必填", show=lambda value: _YES if value else _NO, read=_truth, choices=(_YES, _NO)),
    Column("options", "选项", show=_show_options, read=_read_options, is_wide=True),
    Column("unit", "单位", read=_as_text),
    Column("decimals", "小数位", show=_count, read=_as_figure),
    Column("least", "最小值", show=_figure, read=_as_figure),
    Column("most", "最大值", show=_figure, read=_as_figure),
    Column("photos", "照片张数", show=_count, read=_as_figure),
    Column("level", "隐患级别", **_one_of(LEVEL_WORDS)),
    Column("category", "隐患类别", **_one_of(CATEGORY_WORDS)),
    Column("deadline_days", "整改期限（工作日）", show=_figure, read=_as_figure),
    Column("advice", "整改建议", read=_as_text, is_wide=True),
    Column("source", "依据", read=_as_text, is_wide=True),
)
"""In the order of the sheet; each is a field of an item."""
