"""Finding anybody's mobile phone or ID number in a text, in whatever way people write one.

Signs are told apart as figures, Arabic in any shape or Chinese, and as what may stand between the groups of a
number. Lists of doors, days, sums and measures have the same signs: groups tell them from a number.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from app.clock import business_day
from app.people.numbers import told_by_id_number

GAPS = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"  # spaces
    "\u2010-\u2015\u2212\uff0d\\-"  # dashes
    ".\u00b7\u2022\u2027\u3002\u30fb\uff0e"  # dots
    "()\uff08\uff09"
)
"""What stands between the signs of a number, also where its owner's is looked for (``own_data.spelled``)."""
LEFT_OUT = "（号码略）"
"""Stands on paper and in files for anybody's number in the words of a record, which keeps it."""
_CHINESE = "〇一二三四五六七八九"
_SAID = {"○": 0, "洞": 0, "么": 1, "两": 2, "拐": 7, "勾": 9}
"""Figures that are only read as such, beside those that Unicode knows (㊀, 壹, 幺)."""
_RUN = re.compile(f"[0-9]+|[{_CHINESE}]+|[Xx\uff38\uff58]")
_LONGEST_GAP = 20
_CHARACTERS = {"Lu", "Ll", "Lt", "Lo", "Nd", "Nl", "No"}
"""Categories of letters and figures; some signs that are drawn as dashes count as modifiers (Lm)."""
_JOINING = "和与跟及加接再杠横"
"""Words that people put between the groups of a number, and of a list as well."""
_NO_JOINING = str.maketrans("", "", _JOINING)
_PHONE = re.compile("1[3-9][0-9]{9}")
_BEGUN = re.compile("(?:(?:00|0)?86|0)(?=1[3-9])")
"""How a phone is begun by some, at its first figures: by the country, or as a trunk call."""
_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
"""With which an ID number begins (GB/T 2260)."""
_OLD_ID = re.compile(f"{_PROVINCE}[0-9]{{4}}([0-9]{{6}})[0-9]{{3}}")
_ID = re.compile(f"{_PROVINCE}[0-9]{{4}}((?:19|20)[0-9]{{6}})[0-9]{{3}}[0-9X]")
_LATE_YEARS = 16
_ID_LONG, _OLD_ID_LONG, _PHONE_LONG = 18, 15, 11

_PLAIN = re.compile(f"[{GAPS}\\\\|_\uff3f]+")
"""A gap that people write inside one number; other signs stand between the parts of a measure as well."""
_LISTING = re.compile(f"[,\uff0c\u3001;\uff1b/\uff0f{_JOINING}]")
_PHONE_GROUPS, _PHONE_TURNED = (3, 4, 4), (4, 4, 3)
_USUAL = {_PHONE_GROUPS, (3, 8), (6, 6, 3), (6, 9), (6, 8, 4)}
_LISTED = _USUAL | {_PHONE_TURNED, (7, 4)}
_DOOR = re.compile("(?:[1-9]|[1-3][0-9])(?:0[1-9]|[1-3][0-9])")
"""The number of a door: its storey, and which of the storey's it is; none has forty of either."""
_HALVES = 2
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

    Not so what only has as many figures: an ID number holds a day, and a check sign or a province, and a
    phone is written in groups in which neither lists nor days nor sums are. An ID number whose check sign is
    wrong is taken for mistyped, but for a day of late years, as numbers of documents have. Where nothing
    tells, it is what is commoner: what could all be doors (131、1402、1503) is a list, else (13845、678990)
    it is a phone.
    """
    return next(_found(text), None) is not None


def without_numbers(text: str, mark: str = LEFT_OUT) -> str:
    """Give a text with a mark in the place of every such number."""
    kept, end = [], 0
    for start, until in _found(text):
        kept.append(text[end:start])
        end = until
    return mark.join([*kept, text[end:]])


def _found(text: str) -> Iterator[tuple[int, int]]:
    """Give where numbers begin and end, in order: the longest at each place, for some begin with another."""
    figures, first = _figures(text), 0
    measured = _measured(text, figures)
    while first < len(figures):
        start, past = figures[first].begins, first + 1
        if start is not None:
            for long in (_ID_LONG, _OLD_ID_LONG, _PHONE_LONG):
                last = first + long
                if _is_number(figures[first:last], long, has_unit=measured[min(last, len(figures)) - 1]):
                    past = last
                    yield start, figures[past - 1].at + 1
                    break
        first = past


def _figures(text: str) -> list[_Figure]:
    """Give all figures of a text.

    A number fills runs of Arabic figures, but for how a phone is begun. In Chinese ones it may stand
    anywhere: behind a name that ends with one (张三), before a storey, or behind another number.
    """
    plain = "".join(map(_plain, text))
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


@lru_cache(maxsize=10_000)
def _plain(sign: str) -> str:
    """Give the figure that a sign stands for, an Arabic or a Chinese one, or the sign."""
    arabic = unicodedata.digit(sign, None)
    if arabic is not None:
        return str(arabic)
    chinese = _SAID.get(sign, unicodedata.numeric(sign, -1))
    return _CHINESE[int(chinese)] if chinese in range(len(_CHINESE)) else sign


def _value(sign: str) -> str:
    return str(_CHINESE.index(sign)) if sign in _CHINESE else sign.upper().replace("\uff38", "X")


def _is_gap(between: str) -> bool:
    """Say whether signs may stand inside a number: a few, and but for joining words no letters or figures."""
    if len(between) > _LONGEST_GAP:
        return False
    return _CHARACTERS.isdisjoint(map(unicodedata.category, between.translate(_NO_JOINING)))


def _measured(text: str, figures: Sequence[_Figure]) -> list[bool]:
    """Say of each figure whether a unit follows: behind its group, or behind the last of its list."""
    before: list[str | None] = []
    for one in figures:
        before.append(one.gap if one.gap != "" or not before else before[-1])
    found = [False] * len(figures)
    for at in reversed(range(len(figures))):
        after = figures[at + 1].gap if at + 1 < len(figures) else None
        if after is not None and (not after or (after == before[at] and not _PLAIN.fullmatch(after))):
            found[at] = found[at + 1]
        else:
            found[at] = _UNIT.match(text, figures[at].at + 1) is not None
    return found


def _is_number(figures: Sequence[_Figure], long: int, *, has_unit: bool) -> bool:
    """Say whether so many figures are one number."""
    if len(figures) < long or not figures[-1].ends or any(one.gap is None for one in figures[1:]):
        return False
    value = "".join(one.value for one in figures)
    if long == _ID_LONG and told_by_id_number(value) is not None:
        return True
    fits = _PHONE.fullmatch(value) is not None if long == _PHONE_LONG else _is_id_by_day(value)
    return fits and _is_grouped_so(figures, has_unit=has_unit)


def _is_id_by_day(value: str) -> bool:
    """Say whether figures are an ID number by province and day: an old one, or with a wrong check sign."""
    found = _OLD_ID.fullmatch(value) or _ID.fullmatch(value)
    if found is None:
        return False
    try:
        born = date.fromisoformat(found[1] if len(found[1]) == len("19900101") else f"19{found[1]}")
    except ValueError:
        return False
    return born.year <= business_day().year - _LATE_YEARS


def _is_grouped_so(figures: Sequence[_Figure], *, has_unit: bool) -> bool:
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
    fours = [group for group in groups if len(group) == len("1302")]
    are_round, are_alike = _are_round(groups), len({group[0] for group in fours}) == 1
    if all(map(_DOOR.fullmatch, groups)):
        return False
    if sizes == _PHONE_GROUPS:
        return not (are_round or (has_unit and (are_alike or _are_round(fours))))
    if has_unit or (sizes == _PHONE_TURNED and (are_round or are_alike)):
        return False
    if len(sizes) == _HALVES and min(sizes) >= _WORDS_LEAST and not are_round:
        return True
    return sizes in _LISTED or (most is not None and len(sizes) > most)


def _are_round(groups: Sequence[str]) -> bool:
    return all(group.endswith("0") for group in groups)


def _is_no_day(groups: Sequence[str], sizes: tuple[int, ...], gaps: set[str]) -> bool:
    """Say whether groups with dashes, dots or blanks between them are no days, hours or doors."""
    if min(sizes) >= _WORDS_LEAST:
        return True
    if len(gaps) > 1:
        return False
    if sorted(sizes) in ([1, *[2] * (len(sizes) - 1)], [2] * len(sizes)):
        return any(int(one) > int(other) for one, other in pairwise(groups))
    return sizes[0] >= _WORDS_LEAST or min(sizes[1:]) >= _WORDS_LEAST
