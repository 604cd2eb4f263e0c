"""What a sheet of the workbook is: its name, its columns, and how they are recognised."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from app.identity import Permission
from app.imports.cells import Reader
from app.models import ImportSheet

MARK, EXAMPLE = "标记", "示例"
"""The column whose word keeps a row of the template from being entered."""
MOST_ROWS = 20_000
"""In all sheets together: more than the largest site has."""
HEADING_ROWS = 10
"""Above the headings there may be a title, or a line that says who filled the sheet in."""
MOST_COLUMNS = 60
MOST_SHEETS = 20


@dataclass(frozen=True)
class Column:
    """A column: how it is headed, and how its cells are read."""

    name: str
    heading: str
    read: Reader
    required: bool = False
    also: tuple[str, ...] = ()
    """Other headings under which people have it."""
    help: str = ""
    """What the template says of it."""
    choices: tuple[str, ...] = ()
    examples: tuple[str, ...] = ("", "")
    """What stands in the template's rows of examples."""
    width: int = 14


@dataclass(frozen=True)
class SheetKind:
    """A kind of sheet: which one, how it is called, who enters it, and its columns."""

    sheet: ImportSheet
    title: str
    permissions: tuple[Permission, ...]
    """Any of these lets somebody enter it."""
    entered_by: str
    """Whose it is, in words."""
    columns: Sequence[Column]

    def column_of(self, heading: str) -> Column | None:
        """Give the column that a heading means."""
        return self._known().get(plain_heading(heading))

    @property
    def required(self) -> frozenset[str]:
        """Give the names of columns without which nothing of the sheet can be read."""
        return frozenset(column.name for column in self.columns if column.required)

    def _known(self) -> dict[str, Column]:
        return {
            plain_heading(heading): column
            for column in self.columns
            for heading in (column.heading, *column.also)
        }


def plain_heading(heading: str) -> str:
    """Give a heading without what people add to it: blanks, a star, what stands in brackets."""
    text = unicodedata.normalize("NFKC", heading)
    text = "".join(sign for sign in text if not sign.isspace() and sign not in "*:")
    return text.partition("(")[0] or text
