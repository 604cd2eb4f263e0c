"""Finding somebody's numbers in a text however he spells them: wide, with gaps or dashes, with +86."""

import re
from collections.abc import Collection

from app.people import numbers_in_texts

GAPS = numbers_in_texts.GAPS
"""What may stand between the signs of a number, here and in the database (``refuse_but_numbers``)."""
_BETWEEN = f"[{GAPS}]{{0,3}}"
_PHONE_DIGITS = 11
_ABROAD = f"(?:(?:\\+|00){_BETWEEN}86{_BETWEEN}|86-?|0)?"
"""How a phone is begun by some: by the country, or as a trunk call. A bare 86 before a gap is a door."""
_PLAIN = {ord("\uff10") + digit: str(digit) for digit in range(10)} | {
    ord("\uff0b"): "+",
    ord("x"): "X",
    ord("\uff38"): "X",
    ord("\uff58"): "X",
}
"""Wide signs and a small x, sign by sign: so that what is found stands at the same place in the text."""


def spellings(numbers: Collection[str]) -> re.Pattern[str]:
    """Give what finds any of these phones and ID numbers in a text made plain, but in no longer number."""
    either = "|".join(_spelling(number.translate(_PLAIN)) for number in sorted(numbers))
    return re.compile(f"(?<![0-9])(?:{either})(?![0-9])")


def without(text: str, wanted: re.Pattern[str], mark: str) -> str:
    """Give a text with a mark in the place of every number that is found in it."""
    kept, end = [], 0
    for found in wanted.finditer(text.translate(_PLAIN)):
        kept.append(text[end : found.start()])
        end = found.end()
    return mark.join([*kept, text[end:]])


def _spelling(number: str) -> str:
    begun = _ABROAD if len(number) == _PHONE_DIGITS else ""
    return begun + _BETWEEN.join(map(re.escape, number))
