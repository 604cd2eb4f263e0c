"""Finding anybody's mobile phone or ID number in a text, in whatever way people write one.

Signs are told apart as figures, Arabic in any shape or Chinese, and as what may stand between the groups of a
number. Lists of doors, days, sums and measures have the same signs: groups tell them from a number.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from app.own_data.spelled import GAPS
from app.people import told_by_id_number

_CHINESE = {
    sign: str(figure)
    for figure, signs in enumerate(
        ("〇零○", "一壹幺", "二贰貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for sign in signs
}
_RUN = re.compile(f"[0-9]+|[{''.join(_CHINESE)}]+|[Xx\uff38\uff58]")
_LONGEST_GAP = 20
_CHARACTERS = {"Lu", "Ll", "Lt", "Lo", "Nd", "Nl", "No"}
"""Categories of letters and figures; some signs that are drawn as dashes count as modifiers (Lm)."""
_PHONE = re.compile("1[3-9][0-9]{9}")
_BEGUN = re.compile("(?:(?:00|0)?86|0)(?=1[3-9])")
"""How a phone is begun by some, at its first figures: by the country, or as a trunk call."""
_OLD_ID = re.compile("(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{13}")
"""It begins with its province (GB/T 2260)."""
_ID_LONG, _OLD_ID_LONG, _PHONE_LONG = 18, 15, 11

_PLAIN = re.compile(f"[{GAPS}\\\\|_\uff3f]+")
"""A gap that people write inside one number; other signs stand between the parts of a measure as well."""
_LISTING = re.compile("[,\uff0c\u3001;\uff1b/\uff0f]")
_PHONE_GROUPS, _PHONE_TURNED = (3, 4, 4), (4, 4, 3)
_USUAL = {_PHONE_GROUPS, (3, 8), (6, 6, 3), (6, 9)}
_LISTED = _USUAL | {_PHONE_TURNED, (7, 4)}
_MEASURES_MOST = 4
_WORDS_LEAST = 3
"""Figures of a group that is no day, month, storey or entrance."""
_UNIT = re.compile(
    r"毫米|厘米|米|公里|平方|立方|吨|公斤|千克|升|元|万元|亿元|千瓦|伏|mm|cm|km|kg|kW|㎡|㎥|℃|单元|室|栋|层"
    r"|号(?!\u7801)|房(?!\u4e1c)|住户|[一二两三四五六七八九十几]*户(?!\u4e3b)|人|个"
)


@dataclass(frozen=True, slots=True)
class _Figure:
    """One figure of a text, or the X at the end of an ID number."""

    at: int
    value: str
    gap: str | None
    """What stands before it since the figure before; None where that is no gap."""
    begins: int | None
    """Where a number starts that has it as its first figure, None if none may."""
    ends: bool
    """Whether a number may end with it."""


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
    """Give where numbers begin and end, in order: the longest at each place, for some begin with another."""
    figures, first = _figures(text), 0
    while first < len(figures):
        start, past = figures[first].begins, first + 1
        if start is not None:
            for long in (_ID_LONG, _OLD_ID_LONG, _PHONE_LONG):
                if _is_number(text, figures[first : first + long], long):
                    past = first + long
                    yield start, figures[past - 1].at + 1
                    break
        first = past


def _figures(text: str) -> list[_Figure]:
    """Give all figures of a text.

    A number fills runs of Arabic figures, but for how a phone is begun. In Chinese ones it may stand
    anywhere: behind a name that ends with one (张三), before a storey, or behind another number.
    """
    plain = "".join(str(unicodedata.digit(sign, sign)) for sign in text)
    figures: list[_Figure] = []
    until = 0
    for run in _RUN.finditer(plain):
        gap, signs, start = plain[until : run.start()], run[0], run.start()
        until = run.end()
        spoken = signs[0] in _CHINESE
        begun = _BEGUN.match(signs)
        for nth, sign in enumerate(signs):
            begins = start + nth if spoken else None
            if nth in (0, begun.end() if begun else 0):
                begins = start
            ends = spoken or nth == len(signs) - 1
            before = "" if nth else (gap if _is_gap(gap) else None)
            figures.append(_Figure(start + nth, _value(sign), before, begins, ends))
    return figures


def _value(sign: str) -> str:
    return _CHINESE.get(sign) or sign.upper().replace("\uff38", "X")


def _is_gap(between: str) -> bool:
    """Say whether signs may stand inside a number: a few, and neither letters nor figures."""
    return len(between) <= _LONGEST_GAP and _CHARACTERS.isdisjoint(map(unicodedata.category, between))


def _is_number(text: str, figures: Sequence[_Figure], long: int) -> bool:
    """Say whether so many figures are one number."""
    if len(figures) < long or not figures[-1].ends or any(one.gap is None for one in figures[1:]):
        return False
    value = "".join(one.value for one in figures)
    if long == _ID_LONG:
        return told_by_id_number(value) is not None
    fits = _is_old_id(value) if long == _OLD_ID_LONG else _PHONE.fullmatch(value) is not None
    return fits and _is_grouped_so(text, figures)


def _is_old_id(value: str) -> bool:
    """Say whether figures are an ID number of before 1999: no check sign, a year of two figures."""
    if not _OLD_ID.fullmatch(value):
        return False
    try:
        date.fromisoformat(f"19{value[6:12]}")
    except ValueError:
        return False
    return True


def _is_grouped_so(text: str, figures: Sequence[_Figure]) -> bool:
    """Say whether somebody writes one number in such groups, and not a list, days, a sum or measures."""
    groups, gaps = [figures[0].value], set[str]()
    for one in figures[1:]:
        if one.gap:
            groups.append(one.value)
            gaps.add(one.gap)
        else:
            groups[-1] += one.value
    sizes = tuple(map(len, groups))
    if len(sizes) == 1 or set(sizes) == {1}:
        return True
    has_unit = _UNIT.match(text, figures[-1].at + 1) is not None
    if not all(map(_PLAIN.fullmatch, gaps)):
        is_list = any(map(_LISTING.search, gaps))
        return _is_no_list(groups, sizes, has_unit=has_unit, most=None if is_list else _MEASURES_MOST)
    if sizes in _USUAL:
        return True
    return not has_unit and _is_no_day(groups, sizes, gaps)


def _is_no_list(groups: Sequence[str], sizes: tuple[int, ...], *, has_unit: bool, most: int | None) -> bool:
    """Say whether groups with commas or signs of a measure between them are no doors, sums or measures.

    ``most`` is how many parts such a measure has; a list has any number.
    """
    are_round = all(group.endswith("0") for group in groups)
    are_alike = len({group[0] for group in groups if len(group) == len("1302")}) == 1
    if sizes == _PHONE_GROUPS:
        return not (are_round or (has_unit and are_alike))
    if has_unit or (sizes == _PHONE_TURNED and (are_round or are_alike)):
        return False
    return sizes in _LISTED or (most is not None and len(sizes) > most)


def _is_no_day(groups: Sequence[str], sizes: tuple[int, ...], gaps: set[str]) -> bool:
    """Say whether groups with dashes, dots or blanks between them are no days, hours or doors."""
    if min(sizes) >= _WORDS_LEAST:
        return True
    if len(gaps) > 1:
        return False
    if sorted(sizes) in ([1, *[2] * (len(sizes) - 1)], [2] * len(sizes)):
        return any(int(one) > int(other) for one, other in pairwise(groups))
    return sizes[0] >= _WORDS_LEAST or min(sizes[1:]) >= _WORDS_LEAST
