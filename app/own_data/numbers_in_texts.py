"""Finding anybody's mobile phone or ID number in a text, in whatever way people write one.

Signs are told apart as figures, Arabic in any width or Chinese, and as what may stand between the groups of a
number. Lists of doors, days, sums and measures have the same signs: groups tell them from a number.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.own_data.spelled import GAPS
from app.people import told_by_id_number

_CHINESE = {
    sign: str(figure)
    for figure, signs in enumerate(
        ("〇零○", "一壹幺", "二贰貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for sign in signs
}
_TOKEN = re.compile(f"[0-9]+|[{''.join(_CHINESE)}]+|[Xx\uff38\uff58]")
_GAP = re.compile(f"[{GAPS}/\uff0f\\\\|_\uff3f,\uff0c\u3001;\uff1b]{{0,20}}")
_PHONE = re.compile("1[3-9][0-9]{9}")
_BEGUN = re.compile("(?:(?:00|0)?86|0)(?=1[3-9])")
"""How a phone is begun by some, at its first figures: by the country, or as a trunk call."""
_SUM = re.compile("[0-9]{1,3}(?:[,\uff0c][0-9]{3})+(?:[.\uff0e][0-9]+)?")
_UNIT = re.compile(
    r"毫米|厘米|米|公里|平方|立方|吨|公斤|千克|升|元|万元|亿元|千瓦|伏|mm|cm|km|kg|㎡|kW|号楼|单元|室|户(?!\u4e3b)|栋|层"
)
_OLD_ID_LONG, _ID_LONG = 15, 18
_WORDS_LEAST = 3
"""Figures of a group that is no day, month, storey or entrance."""
_OLD_ID = re.compile("(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{13}")
"""It begins with its province (GB/T 2260)."""


@dataclass(frozen=True)
class _Token:
    """Figures side by side in one script, and what stands before them since the token before."""

    start: int
    end: int
    figures: str
    gap: str | None
    """None where something else than a gap stands there."""


def holds_a_number(text: str) -> bool:
    """Say whether a mobile phone's number or a citizen's ID number stands in a text, whosever it is.

    Not so what only has as many figures: an ID number holds a day, and a check sign or, in its old form, a
    province, and a phone is written in groups in which neither lists nor days nor sums are.
    """
    return next(_found(text), None) is not None


def without_numbers(text: str, mark: str) -> str:
    """Give a text with a mark in the place of every such number."""
    kept, end = [], 0
    for start, until in _found(text):
        kept.append(text[end:start])
        end = until
    return mark.join([*kept, text[end:]])


def _found(text: str) -> Iterator[tuple[int, int]]:
    """Give where numbers begin and end, in order."""
    tokens, at, done = _tokens(text), 0, 0
    while at < len(tokens):
        span = _number_at(text, tokens, at) if tokens[at].start >= done else None
        if span is not None:
            yield span
            done = span[1]
        at += 1


def _tokens(text: str) -> list[_Token]:
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    tokens: list[_Token] = []
    end: int | None = None
    for found in _TOKEN.finditer(plain):
        between = None if end is None else plain[end : found.start()]
        gap = between if between is not None and _GAP.fullmatch(between) else None
        figures = "".join(_CHINESE.get(sign, sign) for sign in found[0]).replace("\uff38", "X")
        tokens.append(_Token(found.start(), found.end(), figures.replace("\uff58", "X").upper(), gap))
        end = found.end()
    return tokens


def _number_at(text: str, tokens: Sequence[_Token], first: int) -> tuple[int, int] | None:
    """Give where a number is that begins in a token: the longest, for some begin with another."""
    for start, begun in _beginnings(text, tokens[first]):
        found, figures = None, ""
        for last in range(first, min(first + _ID_LONG, len(tokens))):
            if last > first and tokens[last].gap is None:
                break
            figures += tokens[last].figures if last > first else begun
            if len(figures) > _ID_LONG:
                break
            if _is_number(text, tokens[first : last + 1], figures, begun):
                found = (start, tokens[last].end)
        if found is not None:
            return found
    return _spoken_in(text, tokens[first])


def _beginnings(text: str, token: _Token) -> Iterator[tuple[int, str]]:
    """Give where a number may begin in a token, with its figures from there on.

    Behind +86 or a 0, and in Chinese figures also behind a name that ends with one (张三).
    """
    figures = token.figures
    yield token.start, figures
    if text[token.start] in _CHINESE:
        for at in range(max(1, len(figures) - _ID_LONG), len(figures)):
            yield token.start + at, figures[at:]
    elif begun := _BEGUN.match(figures):
        yield token.start, figures[begun.end() :]


def _is_number(text: str, tokens: Sequence[_Token], figures: str, begun: str) -> bool:
    """Say whether tokens are a number, of which the first one holds what was ``begun``."""
    if len(figures) == _ID_LONG:
        return told_by_id_number(figures) is not None
    fits = _is_old_id(figures) if len(figures) == _OLD_ID_LONG else _PHONE.fullmatch(figures) is not None
    return fits and _is_grouped_so(text, tokens, len(begun))


def _is_old_id(figures: str) -> bool:
    """Say whether figures are an ID number of before 1999: no check sign, a year of two figures."""
    if not _OLD_ID.fullmatch(figures):
        return False
    try:
        date.fromisoformat(f"19{figures[6:12]}")
    except ValueError:
        return False
    return True


def _is_grouped_so(text: str, tokens: Sequence[_Token], begun: int) -> bool:
    """Say whether somebody writes one number in such groups, and not a list, days, a sum or measures."""
    sizes, gaps = [begun], set()
    for token in tokens[1:]:
        if token.gap:
            sizes.append(len(token.figures))
            gaps.add(token.gap)
        else:
            sizes[-1] += len(token.figures)
    if len(sizes) == 1:
        return True
    start, end = tokens[0].start, tokens[-1].end
    if _UNIT.match(text, end) or _SUM.fullmatch("".join(_as_figures(text[start:end]))):
        return False
    if set(sizes) == {1} or min(sizes) >= _WORDS_LEAST:
        return True
    if len(gaps) > 1:
        return False
    pairs = sorted(sizes) in ([1, *[2] * (len(sizes) - 1)], [2] * len(sizes))
    if pairs:
        values = [int(token.figures) for token in tokens]
        return values != sorted(values)
    return sizes[0] >= _WORDS_LEAST or min(sizes[1:]) >= _WORDS_LEAST


def _as_figures(text: str) -> Iterator[str]:
    return (str(unicodedata.decimal(sign, sign)) for sign in text)


def _spoken_in(text: str, token: _Token) -> tuple[int, int] | None:
    """Give where a phone in Chinese figures is, also close behind a name that ends with one (张三)."""
    found = _PHONE.search(token.figures) if text[token.start] in _CHINESE else None
    return None if found is None else (token.start + found.start(), token.start + found.end())
