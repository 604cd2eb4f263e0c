"""The workbook that is handed out empty: headings, words to choose from, notes, and rows of examples."""

from collections.abc import Sequence
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.imports.kinds import WORKS
from app.imports.reading import HELP_TITLE
from app.imports.sheets import EXAMPLE, MARK, Column, SheetKind

_ROWS = 5_000
"""So many may be filled in with words to choose from; more are read all the same."""
_HELP = (
    "一个文件可以建起一个社区。每张表都可以空着，填好的表按先后导入：{sheets}。",
    "表头可以挪动位置，但请不要改字。标了*的列一定要填。一行只写一个，不要合并单元格，不要写公式。",
    "“标记”列写着“示例”的行不会导入，看懂以后可以删掉。",
    "号码、门牌、日期请按文字填（本表已经设好）。日期写成1955-03-08。",
    "传上去以后系统先检查，不会马上写入：每一处问题都会告诉您在哪一格、怎么改。看过以后再点导入。",
    "同一个文件传两次，第二次什么都不会变。空着的格不会清掉系统里原有的内容。导入不会删除任何人。",
    "文件里有居民的信息，用完请删掉，不要发到群里。",
)


def template() -> bytes:
    """Make the workbook."""
    made = BytesIO()
    book = Workbook(made, {"in_memory": True})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DDEBF7"})
    text = book.add_format({"num_format": "@", "valign": "top"})
    grey = book.add_format({"num_format": "@", "valign": "top", "font_color": "#7F7F7F", "italic": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    kinds = [work.kind for work in WORKS.values()]
    told = book.add_worksheet(HELP_TITLE)
    told.set_column(0, 0, 90, wrapped)
    for row, line in enumerate(_HELP):
        told.write_string(row, 0, line.format(sheets="、".join(kind.title for kind in kinds)))
    for row, line in enumerate(_columns(kinds), start=len(_HELP) + 1):
        told.write_string(row, 0, line)
    for kind in kinds:
        sheet = book.add_worksheet(kind.title)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 8, text)
        sheet.write_string(0, 0, MARK, bold)
        for row in (1, 2):
            sheet.write_string(row, 0, EXAMPLE, grey)
        for place, column in enumerate(kind.columns, start=1):
            sheet.set_column(place, place, column.width, text)
            sheet.write_string(0, place, column.heading + ("*" if column.required else ""), bold)
            if column.help:
                sheet.write_comment(0, place, column.help)
            for row, example in enumerate(column.examples, start=1):
                sheet.write_string(row, place, example, grey)
            _offer(sheet, place, column)
    book.close()
    return made.getvalue()


def _offer(sheet: Worksheet, place: int, column: Column) -> None:
    """Let words be chosen; another one is warned of, as some are understood that are not in the list."""
    if column.choices:
        wanted = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
        sheet.data_validation(1, place, _ROWS, place, wanted)


def _columns(kinds: Sequence[SheetKind]) -> list[str]:
    """Say of each column what goes there."""
    return [
        f"{kind.title}·{column.heading}{'（必填）' if column.required else ''}：{column.help}"
        for kind in kinds
        for column in kind.columns
        if column.help
    ]
