"""Which figures of a tree of areas are kept back beside those that must be, with the least loss.

What is lost is told in people: how many the figures that are kept back are of, all added up; of two ways of
the same loss, the one with fewer figures. So beside a small place goes the smallest one that will do, or the
sum above both where that is less than a large place with all that would follow below it.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.models import DIGITS, AreaLevel

LEVELS = (AreaLevel.CITY, AreaLevel.COUNTY, AreaLevel.TOWNSHIP, AreaLevel.COMMUNITY)
_DIGITS = [DIGITS[level] for level in LEVELS]


@dataclass(frozen=True, order=True)
class _Loss:
    """How many people the figures are of that are kept back, and how many figures these are."""

    people: float
    figures: int

    def __add__(self, other: "_Loss") -> "_Loss":
        return _Loss(self.people + other.people, self.figures + other.figures)

    def less(self, other: "_Loss") -> "_Loss":
        """Give by how much it is more than another one."""
        return _Loss(self.people - other.people, self.figures - other.figures)


@dataclass(frozen=True)
class _Way:
    """What is lost in an area and below it, and which areas right below it are kept back."""

    loss: _Loss
    below: frozenset[str] = frozenset()

    def adding(self, loss: _Loss) -> "_Way":
        """Give it with what is lost besides."""
        return _Way(self.loss + loss, self.below)


_NO_WAY = _Way(_Loss(math.inf, 0))


@dataclass(frozen=True)
class _Area:
    """An area: whether it must be kept back, or is as soon as one of its family is, and its figures."""

    code: str
    must: bool
    follows: bool
    cells: Sequence[int]


def least_loss(
    people: Mapping[str, int], cells: Sequence[Mapping[str, int]], must: Collection[str]
) -> set[str]:
    """Give the areas to keep back: all that ``must``, and as little besides as can be.

    ``people`` has all areas of whole trees, and how many each figure is of; ``cells`` has the figures that
    it is split into, in which each area is the sum of those right below it. A family is an area and those
    right below it. When this is done, among those of a family that are kept back each cell has somebody in
    none, or in two at least. As soon as one is kept back, so are those right below the same area of which a
    cell is empty, but for areas of a split without anybody, of whom nothing is to be known.

    There is always a way: all of a tree. The least one is found from below: what an area loses depends on
    those below it by no more than whether each is kept back.
    """
    areas = _areas(people, cells, must)
    families: dict[str, list[_Area]] = defaultdict(list)
    for code, area in areas.items():
        if (above := _parent(code)) is not None:
            families[above].append(area)
    told, kept = dict[str, _Way](), dict[str, _Way]()
    for code in sorted(areas, key=lambda one: (-len(one), one)):
        area, below = areas[code], families[code]
        itself = [int(number > 0) for number in area.cells]
        told[code] = _NO_WAY if area.must else _least(below, told, kept, [0] * len(cells), is_kept=False)
        kept[code] = _least(below, told, kept, itself, is_kept=True).adding(_Loss(people[code], 1))
    hidden = set[str]()
    waiting = [(code, kept[code].loss < told[code].loss) for code in areas if _parent(code) is None]
    while waiting:
        code, is_kept = waiting.pop()
        hidden |= {code} if is_kept else set()
        below_kept = (kept if is_kept else told)[code].below
        waiting += [(one.code, one.code in below_kept) for one in families[code]]
    return hidden


def _areas(
    people: Mapping[str, int], cells: Sequence[Mapping[str, int]], must: Collection[str]
) -> dict[str, _Area]:
    areas = {}
    for code, number in people.items():
        found = [cell[code] for cell in cells]
        nobody_in_a_split = len(cells) > 1 and not number
        areas[code] = _Area(code, code in must, not all(found) and not nobody_in_a_split, found)
    return areas


def _parent(area: str) -> str | None:
    above = [digits for digits in _DIGITS if digits < len(area)]
    return area[: above[-1]] if above else None


def _least(
    below: Sequence[_Area],
    told: Mapping[str, _Way],
    kept: Mapping[str, _Way],
    itself: Sequence[int],
    *,
    is_kept: bool,
) -> _Way:
    """Give the way of the least loss below an area that is kept back itself, or told.

    ``itself`` says of each cell whether the area, kept back, has somebody in it. Those below it that are free
    have somebody in each cell, so it matters only how many of them are taken: first those that cost least.
    """
    if not below:
        return _Way(_Loss(0, 0))
    always = [one for one in below if one.must or one.follows]
    free = [one for one in below if not one.must and not one.follows and any(one.cells)]
    free.sort(key=lambda one: (kept[one.code].loss.less(told[one.code].loss), one.code))
    choices = [[*always, *free[:number]] for number in range(len(free) + 1)]
    if not is_kept:
        choices = [[], *(taken for taken in choices if taken)]
    ways = []
    for taken in choices:
        in_cells = [one + sum(area.cells[place] > 0 for area in taken) for place, one in enumerate(itself)]
        if 1 in in_cells:
            continue
        codes = frozenset(area.code for area in taken)
        losses = ((kept if one.code in codes else told)[one.code].loss for one in below)
        ways.append(_Way(sum(losses, start=_Loss(0, 0)), codes))
    return min(ways, key=lambda way: way.loss, default=_NO_WAY)
