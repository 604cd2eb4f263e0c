"""Which figures of a tree of areas may be told, so that none that is kept back follows from the others.

A figure under five is kept back, as is customary for personal statistics. One that were kept back alone among
its siblings would be the parent's figure less the others', and a parent alone the sum of its children: so
beside each goes another.
"""

from collections import defaultdict
from collections.abc import Mapping

from app.models import DIGITS, AreaLevel

LEAST_TOLD = 5
"""Of people: fewer are kept back."""
LEVELS = (AreaLevel.CITY, AreaLevel.COUNTY, AreaLevel.TOWNSHIP, AreaLevel.COMMUNITY)


def counts_of_tree(by_community: Mapping[str, int]) -> dict[str, int]:
    """Add what communities have to figures of the areas above them; what is 0 is left out."""
    counts: dict[str, int] = defaultdict(int)
    for community, people in by_community.items():
        for level in LEVELS:
            counts[community[: DIGITS[level]]] += people
    return {area: people for area, people in counts.items() if people}


def kept_back(counts: Mapping[str, int]) -> set[str]:
    """Give the areas of a tree whose figures are not told; ``counts`` has all that are not 0.

    Each figure of an area is the sum of those below it. When this is done, every such sum has no figure that
    is kept back, or two at least. In a tree that is enough: from any of them a way leads through sums, over
    another that is kept back in each, to the ends of the tree on both sides, and along it somebody could be
    moved without any told figure changing.
    """
    families = _families(counts)
    hidden = {area for area, people in counts.items() if people < LEAST_TOLD}
    waiting = set(families)
    while waiting:
        parent = min(waiting)
        waiting.remove(parent)
        family = families[parent]
        alone = hidden & {parent, *family}
        if len(alone) != 1:
            continue
        told = [area for area in family if area not in hidden]
        added = min(told, key=lambda area: (counts[area], area)) if told else parent
        hidden.add(added)
        waiting |= {area for area in (added, _parent(added)) if area in families}
    return hidden


def _families(counts: Mapping[str, int]) -> dict[str, list[str]]:
    families: dict[str, list[str]] = defaultdict(list)
    for area in counts:
        if (parent := _parent(area)) is not None:
            families[parent].append(area)
    return families


def _parent(area: str) -> str | None:
    above = [DIGITS[level] for level in LEVELS if DIGITS[level] < len(area)]
    return area[: above[-1]] if above else None
