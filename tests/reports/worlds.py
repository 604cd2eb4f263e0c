"""Other worlds that agree with all that is told: a figure that is another number in one does not follow.

A world says of each community how many people it has of each kind. A figure is a sum of kinds in an area, and
nothing a figure may be is known beyond what is told: wholes neither.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations, permutations

KINDS = ("missing", "idle", "in_county", "in_city", "in_province", "outside")
"""Of working age: without work and without or with a record of it, then by where the work is."""
FIGURES = {
    "working_age": KINDS,
    "written": KINDS[1:],
    "working": KINDS[2:],
    "in_county": ("in_county",),
    "in_city": ("in_city",),
    "in_province": ("in_province",),
    "outside": ("outside",),
}
"""What is told, by its name in answers, and which kinds it is of."""
SECRETS = FIGURES | {"not_working": KINDS[:2], "missing": KINDS[:1], "here": KINDS[2:5], "near": KINDS[2:4]}
"""Besides, what is not told itself: it would be the difference of two that are."""
Cell = tuple[str, str]
"""An area or a community, and a figure or a kind."""
World = Mapping[Cell, int]
Change = dict[Cell, int]


def figure(world: World, area: str, kinds: Collection[str]) -> int:
    """Add up the kinds in all communities of an area."""
    return sum(number for (code, kind), number in world.items() if code.startswith(area) and kind in kinds)


def follows(world: World, told: Mapping[Cell, int], areas: Collection[str], most: int) -> set[Cell]:
    """Give the figures from one to ``most`` that no other world which agrees with ``told`` has otherwise."""
    assert all(figure(world, area, FIGURES[name]) == number for (area, name), number in told.items())
    small = {
        (area, name)
        for area in areas
        for name, kinds in SECRETS.items()
        if 0 < figure(world, area, kinds) <= most
    }
    for change in _changes(world):
        if not small:
            break
        if all(figure(change, area, FIGURES[name]) == 0 for area, name in told):
            small -= {(area, name) for area, name in small if figure(change, area, SECRETS[name])}
    return small


def _changes(world: World) -> Iterator[Change]:
    """Give small changes that leave nobody less than none: one or two people come, go, move or change kind.

    Where all wholes are told, two move past each other, each with all that he is.
    """
    places = sorted({code for code, _ in world})
    steps = [*_steps(places)]
    for change in steps:
        if _fits(world, change):
            yield change
    for one, other in combinations(steps, 2):
        both = {cell: one.get(cell, 0) + other.get(cell, 0) for cell in {*one, *other}}
        if _fits(world, both):
            yield both


def _steps(places: Collection[str]) -> Iterator[Change]:
    for place in places:
        for kind in KINDS:
            yield {(place, kind): 1}
            yield {(place, kind): -1}
        for one, other in permutations(KINDS, 2):
            yield {(place, one): -1, (place, other): 1}
    for here, there in permutations(places, 2):
        for kind in KINDS:
            yield {(here, kind): -1, (there, kind): 1}


def _fits(world: World, change: Change) -> bool:
    return all(world[cell] + by >= 0 for cell, by in change.items())
