"""Names and doors as people write them: compared without what lists, keyboards and habits put in between.

Each way of reading is the same in Python, for the few of a household, and in PostgreSQL, for a community:
there it is a function of the database (``plain_name``, ``plain_door``), and indexes hold what it gives.
"""

import string
import unicodedata

from sqlalchemy import ColumnElement, false, func
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
        self.table = str.maketrans(signs, become, unread)

    def of(self, text: str) -> str:
        """Read a text."""
        return unicodedata.normalize("NFKC", text).translate(self.table)


_NAME = _Reading(_DOTS, "\N{MIDDLE DOT}" * len(_DOTS), _GAPS)
"""With one kind of dot and without gaps, which lists put into short names (王　芳)."""
_DOOR = _Reading(string.ascii_uppercase, string.ascii_lowercase, _GAPS + _DASHES + "室")
"""Without gaps, dashes and the word for a flat: 1号楼-1单元-101室 is 1号楼1单元101."""


def same_name(one: str, other: str) -> bool:
    """Compare two names in a time that tells nothing of what is alike."""
    return same(_NAME.of(one), _NAME.of(other))


def has_name(column: InstrumentedAttribute[str], name: str) -> ColumnElement[bool]:
    """Say in SQL what ``same_name`` says; an index finds it."""
    return func.plain_name(column) == _NAME.of(name)


def has_door(door: InstrumentedAttribute[str], written: str) -> ColumnElement[bool]:
    """Say in SQL that a door is the one that somebody wrote; nothing but gaps and dashes is none."""
    read = _DOOR.of(written)
    return func.plain_door(door) == read if read else false()


def parts_of_door(written: str) -> dict[str, str]:
    """Give where a door may be cut in two, a building and what is behind it: each beginning with its end."""
    read = _DOOR.of(written)
    return {read[:end]: read[end:] for end in range(1, len(read) + 1)}


def building_of(name: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Give in SQL a building's name as a beginning of ``parts_of_door``."""
    return func.plain_door(name)
