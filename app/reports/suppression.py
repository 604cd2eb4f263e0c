"""Which figures of a tree of areas may be told, so that none that is kept back follows from the others.

A figure under five is kept back, as is customary for personal statistics. One that were kept back alone among
its siblings would be the parent's figure less the others', and a parent alone the sum of its children: so
beside each goes another, and what is lost by that is as little as can be.
"""

from collections.abc import Collection, Mapping

from app.models import DIGITS
from app.reports.least_loss import LEVELS, least_loss

LEAST_TOLD = 5
"""Of people: fewer are kept back."""


def counts_of_tree(by_community: Mapping[str, int], areas: Collection[str]) -> dict[str, int]:
    """Add what communities have to figures of all areas, those above them too."""
    counts = dict.fromkeys(areas, 0)
    for community, people in by_community.items():
        for level in LEVELS:
            code = community[: DIGITS[level]]
            counts[code] = counts.get(code, 0) + people
    return counts


def kept_back(counts: Mapping[str, int]) -> set[str]:
    """Give the areas whose figures are not told; ``counts`` has all areas of whole trees.

    Each figure of an area is the sum of those below it. Every such sum has no figure that is kept back, or
    two at least that are not 0; and where one is, what is 0 there is kept back with it, for else one would
    know that the others are not. In a tree that is enough: from any of them a way leads through sums, over
    another that is kept back in each, to the ends of the tree on both sides, and along it somebody could be
    moved without any told figure changing. Of all ways to do so, the one of ``least_loss`` is taken.
    """
    small = {area for area, people in counts.items() if 0 < people < LEAST_TOLD}
    return least_loss(counts, (counts,), small)


def kept_back_of_part(
    whole: Mapping[str, int], part: Mapping[str, int], hidden_whole: Collection[str]
) -> set[str]:
    """Give the areas where it is not told how many of a whole are of a part, and so how many are of the rest.

    Both are figures of people: a part or a rest from one to four is kept back, and so is either where the
    whole is. Among an area and those right below it those that are kept back have nobody in the part, or two
    at least have somebody; and the same of the rest. So from any of them somebody of the part could be moved
    to another one, and somebody of the rest back, on and on to the ends of the tree, without any told figure
    changing, nor any whole, nor anything going below zero: also who knows all wholes cannot tell. Where the
    whole is a part itself, whoever is moved takes with him what he is further.
    """
    cells = (part, {area: whole[area] - part[area] for area in whole})
    small = {area for area in whole if any(0 < cell[area] < LEAST_TOLD for cell in cells)}
    return least_loss(whole, cells, small | set(hidden_whole))
