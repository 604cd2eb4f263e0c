"""What columns and codes of a copy are called in Chinese: `headings.csv` and `words.csv` beside the data map.

A test holds both complete: every column that a copy can carry has a heading, every code of it a word.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from app.identity import naming
from app.notices import NoticeKind
from app.notices import words as of_notices

_FOLDER = Path(__file__).parent.parent / "models"
_ALL_TABLES = "*"


@dataclass(frozen=True)
class Heading:
    """What a column is called, and whether the page for people has it: no bare ids, no mechanics."""

    text: str
    on_page: bool


def heading(table: str, name: str) -> Heading:
    """Give the heading of a column, named without ``_sealed``; a table's own goes before that of all."""
    known = headings()
    return known.get((table, name)) or known[_ALL_TABLES, name]


@cache
def headings() -> dict[tuple[str, str], Heading]:
    """Give all headings by table, ``*`` for any, and column."""
    return {
        (one["table"], one["column"]): Heading(one["heading"], one["on_page"] == "yes")
        for one in _lines("headings.csv")
    }


def word(kind: str, code: str) -> str:
    """Give the word for a code of one kind, an enumeration's name; the code itself where there is none."""
    return words().get((kind, code), code)


def word_for(code: StrEnum) -> str:
    """Give the word that a copy has for a code, for other pages. Raises KeyError where it has none."""
    return words()[type(code).__name__, code.value]


@cache
def words() -> dict[tuple[str, str], str]:
    """Give all words by kind and code."""
    roles = {("Role", role.value): name for role, name in naming.ROLE_NAMES.items()}
    titles = {("NoticeKind", kind.value): of_notices.title_of(kind) for kind in NoticeKind}
    return roles | titles | {(one["kind"], one["code"]): one["word"] for one in _lines("words.csv")}


def _lines(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
