"""No figure that is kept back follows from those that are told, whatever is added and subtracted."""

from fractions import Fraction
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


def _determined(counts: dict[str, int], hidden: set[str]) -> set[str]:
    """Solve for what is kept back, from every sum of the tree; give what has one solution only."""
    unknown = sorted(hidden)
    rows: list[list[Fraction]] = []
    for parent in counts:
        family = [area for area in counts if _above(area) == parent]
        if family:
            signs = dict.fromkeys(family, 1) | {parent: -1}
            row = [Fraction(signs.get(area, 0)) for area in unknown]
            known = sum(sign * counts[area] for area, sign in signs.items() if area not in hidden)
            rows.append([*row, Fraction(-known)])
    return {unknown[place] for place in _pivots_alone(rows, len(unknown))}


def _above(area: str) -> str | None:
    digits = {6: 4, 9: 6, 12: 9}.get(len(area))
    return area[:digits] if digits else None


def _pivots_alone(rows: list[list[Fraction]], columns: int) -> list[int]:
    """Bring the sums into reduced form; give the columns that stand alone in their row."""
    done = 0
    for column in range(columns):
        pivot = next((row for row in range(done, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        first = rows[done][column]
        rows[done] = [value / first for value in rows[done]]
        for row in range(len(rows)):
            if row != done and rows[row][column]:
                factor = rows[row][column]
                pairs = zip(rows[row], rows[done], strict=True)
                rows[row] = [value - factor * other for value, other in pairs]
        done += 1
    alone = []
    for reduced in rows[:done]:
        filled = [column for column in range(columns) if reduced[column]]
        if len(filled) == 1:
            alone += filled
    return alone


@pytest.mark.parametrize("seed", range(60))
def test_nothing_that_is_kept_back_follows_from_what_is_told(seed: int) -> None:
    counts = counts_of_tree(_tree(Random(seed)))

    hidden = kept_back(counts)

    assert {area for area, people in counts.items() if people < LEAST_TOLD} <= hidden
    assert _determined(counts, hidden) == set()


def test_without_others_kept_back_a_small_figure_would_follow() -> None:
    counts = counts_of_tree({"421201001001": 4, "421201001002": 8, "421201001003": 9})

    assert _determined(counts, {"421201001001"}) == {"421201001001"}
    assert kept_back(counts) == {"421201001001", "421201001002"}


def test_large_figures_are_all_told() -> None:
    counts = counts_of_tree({"421201001001": 5, "421201001002": 8, "421202001003": 9})

    assert kept_back(counts) == set()


def test_a_small_city_is_kept_back_whole() -> None:
    counts = counts_of_tree({"421201001001": 2, "421202001002": 2})

    assert kept_back(counts) == set(counts)
