"""Whether everything on a poster or sheet can be printed: no font has all signs of the world."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from app.errors import DomainError, Kind
from app.typesetting.label import FIXED, Label
from app.typesetting.typeface import typeface


class UnprintableError(DomainError):
    """A text to print has signs that the font lacks (data: ``text``, ``signs``; ``field`` of a title)."""

    code = "unprintable"
    kind = Kind.INVALID


def check_printable(labels: Sequence[Label], title: str = "", *, font_file: Path | None = None) -> None:
    """Check that the font in which they will be set has every sign of the labels and the title.

    Raises UnprintableError naming the first text that cannot be printed whole, and its signs.
    """
    face = typeface("".join([title, FIXED, *(label.text for label in labels)]), font_file)
    field = {"field": "title"}
    for text, where in [
        (title, field),
        *((text, {}) for label in labels for text in (label.name, label.note, label.community, label.number)),
    ]:
        missing = face.lacks(text)
        if missing:
            signs = "、".join(_shown(sign) for sign in sorted(missing, key=text.index))
            raise UnprintableError(text=text, signs=signs, **where)


def _shown(sign: str) -> str:
    """Give the sign, or its number if it shows nothing by itself."""
    return sign if unicodedata.category(sign)[0] not in "CMZ" else f"U+{ord(sign):04X}"
