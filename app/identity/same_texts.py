"""Names and doors as people write them: compared without what lists, keyboards and habits put in between.

Each way of reading is the same in Python, for the few of a household, and in PostgreSQL, for a community.
"""

import string
import unicodedata

from sqlalchemy import ColumnElement, func, literal_column
from sqlalchemy.orm import InstrumentedAttribute

from app.identity.binding_codes import same

_DOTS = ".•‧・∙⋅\N{MIDDLE DOT}\N{KATAKANA MIDDLE DOT}"
"""What keyboards give between the parts of a name such as 阿依·古丽."""
_GAPS = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())
"""All that Python takes for a gap: the last is the wide one of Chinese texts."""
_DASHES = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"


class _Reading:
    """Signs that are read as others, and signs that are not read; wide ones are read as plain ones."""

    def __init__(self, signs: str, become: str, unread: str) -> None:
        self.signs, self.become = signs + unread, become
        self.table = str.maketrans(signs, become, unread)

    def of(self, text: str) -> str:
        """Read a text."""
        return unicodedata.normalize("NFKC", text).translate(self.table)

    def in_sql(self, text: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[str]:
        """Read it in PostgreSQL, whose ``translate`` drops the signs that have no other in their place."""
        return func.translate(func.normalize(text, literal_column("NFKC")), self.signs, self.become)


_NAME = _Reading(_DOTS, "\N{MIDDLE DOT}" * len(_DOTS), _GAPS)
"""With one kind of dot and without gaps, which lists put into short names (王　芳)."""
_DOOR = _Reading(string.ascii_uppercase, string.ascii_lowercase, _GAPS + _DASHES + "室")
"""Without gaps, dashes and the word for a flat: 1号楼-1单元-101室 is 1号楼1单元101."""


def same_name(one: str, other: str) -> bool:
    """Compare two names in a time that tells nothing of what is alike."""
    return same(_NAME.of(one), _NAME.of(other))


def has_name(column: InstrumentedAttribute[str], name: str) -> ColumnElement[bool]:
    """Say in SQL what ``same_name`` says."""
    return _NAME.in_sql(column) == _NAME.of(name)


def has_door(text: ColumnElement[str] | InstrumentedAttribute[str], door: str) -> ColumnElement[bool]:
    """Say in SQL that a door is the one that somebody wrote; nothing but gaps and dashes is none."""
    read = _DOOR.of(door)
    return (_DOOR.in_sql(text) == read) & bool(read)
