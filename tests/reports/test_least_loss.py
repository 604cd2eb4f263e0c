"""What is kept back beside a small figure costs as little as can be: no other way that is safe costs less."""

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from random import Random

import pytest

from app.reports.suppression import LEAST_TOLD, counts_of_tree, kept_back, kept_back_of_part

CITY, BIG, OTHER = "4212", "421201", "421202"
COMMUNITIES = ("421201001001", "421201001002", "421201002001", "421202001001", "421202001002")
FAMILIES = {
    CITY: [BIG, OTHER],
    BIG: ["421201001", "421201002"],
    OTHER: ["421202001"],
    "421201001": ["421201001001", "421201001002"],
    "421201002": ["421201002001"],
    "421202001": ["421202001001", "421202001002"],
}


def _is_safe(hidden: Collection[str], cells: Sequence[Mapping[str, int]], bare: Collection[str]) -> bool:
    """Say the same as the docstrings of suppression, family by family."""
    for above, below in FAMILIES.items():
        family = [one for one in (above, *below) if one in hidden]
        if family and any(one in bare and one not in hidden for one in below):
            return False
        if any(sum(cell[one] > 0 for one in family) == 1 for cell in cells):
            return False
    return True


def _loss(hidden: Collection[str], people: Mapping[str, int]) -> tuple[int, int]:
    return sum(people[one] for one in hidden), len(hidden)


def _least(
    people: Mapping[str, int],
    cells: Sequence[Mapping[str, int]],
    must: Collection[str],
    bare: Collection[str],
) -> tuple[int, int]:
    """Try every choice of areas."""
    rest = [one for one in people if one not in must]
    ways = (
        {*must, *(one for one, is_in in zip(rest, taken, strict=True) if is_in)}
        for taken in product((False, True), repeat=len(rest))
    )
    return min(_loss(hidden, people) for hidden in ways if _is_safe(hidden, cells, bare))


@pytest.mark.parametrize("seed", range(40))
def test_no_other_safe_way_loses_less(seed: int) -> None:
    rng = Random(seed)
    most = rng.choice([6, 12, 40])
    counts = counts_of_tree({code: rng.choice([0, rng.randint(0, most)]) for code in COMMUNITIES}, [])
    small = {area for area, people in counts.items() if 0 < people < LEAST_TOLD}
    empty = {area for area, people in counts.items() if not people}

    hidden = kept_back(counts)

    assert _is_safe(hidden, [counts], empty)
    assert _loss(hidden, counts) == _least(counts, [counts], small, empty)


@pytest.mark.parametrize("seed", range(40))
def test_nor_of_a_part_beside_what_is_kept_back_of_the_whole(seed: int) -> None:
    rng = Random(seed)
    most = rng.choice([8, 20, 60])
    people = {code: rng.choice([0, rng.randint(0, most), most]) for code in COMMUNITIES}
    working = {code: rng.choice([0, number, rng.randint(0, number)]) for code, number in people.items()}
    whole, part = counts_of_tree(people, []), counts_of_tree(working, [])
    cells = [part, {area: whole[area] - part[area] for area in whole}]
    must = kept_back(whole) | {area for area in whole if any(0 < cell[area] < LEAST_TOLD for cell in cells)}
    bare = {area for area in whole if whole[area] and not all(cell[area] for cell in cells)}

    hidden = kept_back_of_part(whole, part, kept_back(whole))

    assert _is_safe(hidden, cells, bare)
    assert _loss(hidden, whole) == _least(whole, cells, must, bare)


def test_a_big_county_is_told_beside_a_small_place() -> None:
    """The sum of both is kept back instead: with the big one a township and a community of it would go."""
    counts = counts_of_tree({COMMUNITIES[0]: 900, COMMUNITIES[2]: 600, COMMUNITIES[3]: 3}, COMMUNITIES)

    assert kept_back(counts) == {CITY, OTHER, "421202001", *COMMUNITIES[3:]}


def test_so_is_how_many_of_it_work() -> None:
    people = counts_of_tree({COMMUNITIES[0]: 900, COMMUNITIES[2]: 600, COMMUNITIES[3]: 40}, [])
    working = counts_of_tree({COMMUNITIES[0]: 500, COMMUNITIES[2]: 300, COMMUNITIES[3]: 37}, [])

    hidden = kept_back_of_part(people, working, kept_back(people))

    assert hidden == {CITY, OTHER, "421202001", COMMUNITIES[3]}


def test_a_sum_is_told_where_a_small_sibling_will_do() -> None:
    """It costs less than the sum of all: the city's own figure is the one that most is read from."""
    counts = counts_of_tree(
        {COMMUNITIES[0]: 900, COMMUNITIES[2]: 600, COMMUNITIES[3]: 3, "421203001001": 8}, []
    )

    assert kept_back(counts) == {
        *(OTHER, "421202001", "421202001001"),
        *("421203", "421203001", "421203001001"),
    }
