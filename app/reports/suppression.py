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


def kept_back_of_part(
    whole: Mapping[str, int], part: Mapping[str, int], hidden_whole: Collection[str]
) -> set[str]:
    """Give the areas where it is not told how many of a whole are of a part, and so how many are of the rest.

    Both are figures of people: a part or a rest from one to four is kept back, and so is either where the
    whole is. When this is done, among an area and those right below it those that are kept back have nobody
    in the part, or two at least have somebody; and the same of the rest. So from any of them somebody of the
    part could be moved to another one, and somebody of the rest back, on and on to the ends of the tree,
    without any told figure changing, nor any whole, nor anything going below zero: also who knows all wholes
    cannot tell. Where the whole is a part itself, whoever is moved takes with him what he is further.
    """
    cells = (part, {area: whole[area] - part[area] for area in whole})
    families = _families(whole)
    hidden = set(hidden_whole) | {
        area for area in whole if any(0 < cell[area] < LEAST_TOLD for cell in cells)
    }
    waiting = set(families)
    while waiting:
        parent = min(waiting)
        waiting.remove(parent)
        added = set[str]()
        for cell in cells:
            kept = [area for area in (parent, *families[parent]) if area in hidden and cell[area]]
            if len(kept) == 1:
                told = [area for area in families[parent] if area not in hidden and cell[area]]
                added.add(min(told, key=lambda area: (cell[area], area)) if told else parent)
        if hidden & {parent, *families[parent]}:
            bare = {one for one in families[parent] if whole[one] and not all(cell[one] for cell in cells)}
            added |= bare - hidden
        hidden |= added
        if added:
            around = {one for area in added for one in (area, _parent(area))} | {parent}
            waiting |= {area for area in around if area in families}
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
