"""No figure that is kept back follows from those that are told, whatever is added and subtracted."""

from random import Random

import pytest

from app.reports.suppression import LEAST_TOLD, counts_of_tree, kept_back

CITY, COUNTIES, TOWNSHIPS, COMMUNITIES = "4212", 3, 3, 4


def _tree(rng: Random) -> dict[str, int]:
    """Make communities with few, some or nobody, more empty ones in some trees than in others."""
    empty, most = rng.random(), rng.choice([3, 6, 12, 40])
    return {
        f"{CITY}{county:02d}{township:03d}{community:03d}": (rng.random() > empty) * rng.randint(0, most)
        for county in range(COUNTIES)
        for township in range(TOWNSHIPS)
        for community in range(COMMUNITIES)
    }


def _follows(counts: dict[str, int], hidden: set[str]) -> set[str]:
    """Give what is kept back and could not be another number: no way is found to move somebody past it.

    Somebody is moved from one community to another, both kept back, or comes or goes where all above is kept
    back. Whatever that changes must be kept back too, and everything stays 0 or more.
    """
    ends = [area for area in hidden if len(area) == 12]
    ways = [{end} for end in ends] + [{one, other} for one in ends for other in ends if one < other]
    free: set[str] = set()
    for way in ways:
        changed: set[str] = set()
        for end in way:
            changed ^= {end[:digits] for digits in (4, 6, 9, 12)}
        if changed <= hidden and any(counts[end] for end in way):
            free |= changed
    return hidden - free


def _counts(by_community: dict[str, int]) -> dict[str, int]:
    return counts_of_tree(by_community, by_community)


@pytest.mark.parametrize("seed", range(60))
def test_nothing_that_is_kept_back_follows_from_what_is_told(seed: int) -> None:
    tree = _tree(Random(seed))
    counts = counts_of_tree(tree, tree)

    hidden = kept_back(counts)

    assert {area for area, people in counts.items() if 0 < people < LEAST_TOLD} <= hidden
    assert _follows(counts, hidden) == set()
    assert _tells_no_zero_beside(counts, hidden)


def _tells_no_zero_beside(counts: dict[str, int], hidden: set[str]) -> bool:
    """Say that beside a figure that is kept back no 0 is told: one would know that it is 1 at least."""
    families = {area[:digits] for area in counts for digits in (4, 6, 9) if len(area) > digits}
    for parent in families:
        below = {4: 6, 6: 9, 9: 12}[len(parent)]
        family = {area for area in counts if len(area) == below and area.startswith(parent)}
        if hidden & {parent, *family} and any(not counts[area] for area in family - hidden):
            return False
    return True


def test_without_others_kept_back_a_small_figure_would_follow() -> None:
    counts = _counts({"421201001001": 4, "421201001002": 8, "421201001003": 9})

    assert _follows(counts, {"421201001001"}) == {"421201001001"}
    assert kept_back(counts) == {"421201001001", "421201001002"}


def test_what_is_empty_is_not_told_beside_what_is_small() -> None:
    """10 of 12 and nobody told elsewhere would leave one each for two that are kept back and not empty."""
    counts = _counts({"421201001001": 10, "421201001002": 1, "421201001003": 1, "421201001004": 0})

    assert kept_back(counts) == {"421201001002", "421201001003", "421201001004"}


def test_large_figures_are_all_told() -> None:
    counts = _counts({"421201001001": 5, "421201001002": 8, "421202001003": 9})

    assert kept_back(counts) == set()


def test_a_small_city_is_kept_back_whole() -> None:
    counts = _counts({"421201001001": 2, "421202001002": 2})

    assert kept_back(counts) == set(counts)
