"""Which figures of a tree of areas may be told, so that none that is kept back follows from the others.

A figure under five is kept back, as is customary for personal statistics. One that were kept back alone among
its siblings would be the parent's figure less the others', and a parent alone the sum of its children: so
beside each goes another.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from app.models import DIGITS, AreaLevel

LEAST_TOLD = 5
"""Of people: fewer are kept back."""
LEVELS = (AreaLevel.CITY, AreaLevel.COUNTY, AreaLevel.TOWNSHIP, AreaLevel.COMMUNITY)


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

    Each figure of an area is the sum of those below it. When this is done, every such sum has no figure that
    is kept back, or two at least that are not 0; and where one is, what is 0 there is kept back with it, for
    else one would know that the others are not. In a tree that is enough: from any of them a way leads
    through sums, over another that is kept back in each, to the ends of the tree on both sides, and along it
    somebody could be moved without any told figure changing.
    """
    families = _families(counts)
    hidden = {area for area, people in counts.items() if 0 < people < LEAST_TOLD}
    waiting = set(families)
    while waiting:
        parent = min(waiting)
        waiting.remove(parent)
        if len(hidden & {parent, *families[parent]}) != 1:
            continue
        told = [area for area in families[parent] if area not in hidden and counts[area]]
        added = min(told, key=lambda area: (counts[area], area)) if told else parent
        hidden.add(added)
        waiting |= {area for area in (added, _parent(added)) if area in families}
    for parent in sorted(families, key=len):
        if hidden & {parent, *families[parent]}:
            hidden |= {area for area in families[parent] if not counts[area]}
    return hidden


def _families(areas: Collection[str]) -> dict[str, list[str]]:
    families: dict[str, list[str]] = defaultdict(list)
    for area in areas:
        if (parent := _parent(area)) is not None:
            families[parent].append(area)
    return families


def _parent(area: str) -> str | None:
    above = [DIGITS[level] for level in LEVELS if DIGITS[level] < len(area)]
    return area[: above[-1]] if above else None
