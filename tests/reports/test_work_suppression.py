"""No figure of who works that is kept back follows from those that are told, whatever is added up."""

from collections.abc import Iterator, Mapping
from itertools import product
from random import Random

import pytest

from app.models import WorkMeasure
from app.reports.suppression import LEAST_TOLD, counts_of_tree, kept_back, kept_back_of_part
from app.reports.work_counts import told_apart

CITY = "4212"
FAMILIES = {
    "421201001": ("421201001001", "421201001002"),
    "421201002": ("421201002001", "421201002002"),
    "421201": ("421201001", "421201002"),
    CITY: ("421201",),
}
"""Two townships of two communities each."""
COMMUNITIES = (*FAMILIES["421201001"], *FAMILIES["421201002"])


def _wholes(rng: Random) -> dict[str, int]:
    most = rng.choice([4, 7, 11])
    return {code: rng.randint(0, most) for code in COMMUNITIES}


def _worlds(whole: Mapping[str, int], told: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Give every way to split the wholes of the communities that agrees with all that is told."""
    for split in product(*(range(whole[code] + 1) for code in COMMUNITIES)):
        world = counts_of_tree(dict(zip(COMMUNITIES, split, strict=True)), [])
        if all(world[area] == number for area, number in told.items()):
            yield world


@pytest.mark.parametrize("seed", range(100))
def test_who_knows_every_whole_and_all_that_is_told_cannot_tell_a_part(seed: int) -> None:
    """By brute force: each part or rest that is kept back and not 0 is another in some world that fits."""
    rng = Random(seed)
    whole = _wholes(rng)
    part = {code: rng.choice([0, number, rng.randint(0, number)]) for code, number in whole.items()}
    wholes, parts = counts_of_tree(whole, []), counts_of_tree(part, [])
    hidden = kept_back_of_part(wholes, parts, kept_back(wholes))
    told = {area: parts[area] for area in parts if area not in hidden}

    worlds = list(_worlds(whole, told))

    settled = {above for above, number in told.items() if number in {0, wholes[above]}}
    for area in hidden:
        if any(area.startswith(above) for above in settled):
            continue  # nobody or everybody there is of the part, which may be told
        if area not in kept_back(wholes) or 0 < parts[area] < wholes[area]:
            assert len({world[area] for world in worlds}) > 1, area


@pytest.mark.parametrize("seed", range(60))
def test_what_is_told_is_large_and_so_is_what_is_left(seed: int) -> None:
    rng = Random(seed)
    counts = _month(rng)
    hidden = told_apart(counts)

    for part, whole in _CHAIN:
        for area, number in counts[part].items():
            if area not in hidden[part]:
                assert area not in hidden[whole]
                assert number == 0 or number >= LEAST_TOLD
                assert counts[whole][area] - number == 0 or counts[whole][area] - number >= LEAST_TOLD


_M = WorkMeasure
_CHAIN = (
    (_M.WORKING, _M.WORKING_AGE),
    (_M.IN_PROVINCE, _M.WORKING),
    (_M.IN_CITY, _M.IN_PROVINCE),
    (_M.IN_COUNTY, _M.IN_CITY),
    (_M.STABLE_HOMES, _M.HOMES),
)


def _month(rng: Random) -> dict[WorkMeasure, dict[str, int]]:
    """Make the figures of a month in communities of all sizes."""
    most = rng.choice([6, 30, 200])
    leaves: dict[WorkMeasure, dict[str, int]] = {
        _M.WORKING_AGE: {code: rng.randint(0, most) for code in COMMUNITIES},
        _M.HOMES: {code: rng.randint(0, most) for code in COMMUNITIES},
    }
    for part, whole in _CHAIN:
        leaves[part] = {code: rng.randint(0, number) for code, number in leaves[whole].items()}
    leaves[_M.MISSING] = {
        code: rng.randint(0, number - leaves[_M.WORKING][code])
        for code, number in leaves[_M.WORKING_AGE].items()
    }
    return {measure: counts_of_tree(found, []) for measure, found in leaves.items()}
