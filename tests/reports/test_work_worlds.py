"""All figures of a month together: of none under five can anybody tell how many it is."""

from collections.abc import Mapping
from random import Random

import pytest

from app.models import WorkMeasure
from app.reports.suppression import LEAST_TOLD, counts_of_tree
from app.reports.work_counts import figures_of, told_apart
from tests.reports.worlds import FIGURES, KINDS, Cell, World, figure, follows

COMMUNITIES = ("421201001001", "421201001002", "421201002001", "421202001001")
AREAS = ("4212", "421201", "421202", "421201001", "421201002", "421202001", *COMMUNITIES)
_M = WorkMeasure
MEASURES = {
    _M.WORKING_AGE: KINDS,
    _M.WORKING: KINDS[2:],
    _M.MISSING: KINDS[:1],
    _M.IN_PROVINCE: KINDS[2:5],
    _M.IN_CITY: KINDS[2:4],
    _M.IN_COUNTY: KINDS[2:3],
}


def _world(rng: Random) -> World:
    """Let places differ: some large, some small, some where all are of one kind or nobody is."""
    world: dict[Cell, int] = {}
    for place in COMMUNITIES:
        most = rng.choice([0, 2, 6, 12, 40])
        kinds = rng.sample(KINDS, rng.randint(1, len(KINDS)))
        world |= {(place, kind): rng.randint(0, most) if kind in kinds else 0 for kind in KINDS}
    return world


def _told(world: World) -> dict[Cell, int]:
    """Give all that offices are told of a month: each answer and each file is a part of it."""
    counts: dict[WorkMeasure, Mapping[str, int]] = {
        measure: counts_of_tree({place: figure(world, place, kinds) for place in COMMUNITIES}, AREAS)
        for measure, kinds in MEASURES.items()
    }
    homes = dict.fromkeys(AREAS, 0)
    hidden = told_apart(counts | {_M.HOMES: homes, _M.STABLE_HOMES: homes})
    told = {}
    for area in AREAS:
        shown = figures_of({one: counts[one][area] for one in MEASURES if area not in hidden[one]})
        for name in FIGURES:
            if (number := getattr(shown, name)) is not None:
                told[area, name] = number
    return told


@pytest.mark.parametrize("seed", range(80))
def test_no_figure_under_five_follows_from_all_that_are_told(seed: int) -> None:
    world = _world(Random(seed))

    told = _told(world)

    assert not {cell for cell, number in told.items() if 0 < number < LEAST_TOLD}
    assert follows(world, told, AREAS, LEAST_TOLD - 1) == set()


def test_one_more_that_were_told_would_tell_a_small_one() -> None:
    """The search finds what follows, where something does."""
    world: World = {
        (place, kind): 8 if kind != "outside" or place != COMMUNITIES[0] else 3
        for place in COMMUNITIES
        for kind in KINDS
    }
    told = _told(world)
    assert follows(world, told, AREAS, LEAST_TOLD - 1) == set()

    (kept,) = [place for place in COMMUNITIES[1:] if (place, "outside") not in told]
    more = told | {(kept, "outside"): 8}

    assert follows(world, more, AREAS, LEAST_TOLD - 1) == {(COMMUNITIES[0], "outside")}
