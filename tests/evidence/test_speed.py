"""Whether somebody could have come so far in the time."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from app.evidence.speed import FASTEST_KMH, Fix, is_unlikely

AT = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
_DEGREE_M = 111_195


def fix(seconds: float, north_m: float = 0, *, east_m: float = 0, accuracy_m: float = 20) -> Fix:
    """Give where somebody was."""
    lng = 114.4826 + east_m / _DEGREE_M / 0.8695
    return Fix(AT + timedelta(seconds=seconds), lng, 29.6063 + north_m / _DEGREE_M, accuracy_m, "wgs84")


@pytest.mark.parametrize("sigma_m", [10, 30, 65])
def test_who_stands_still_is_hardly_ever_told(sigma_m: float) -> None:
    """S-173: of 20,000 pairs of noisy positions within ten minutes, under one in a thousand."""
    rng = Random(173)
    alarms = 0
    for _ in range(20_000):
        gap = rng.uniform(0, 600)
        one, other = (
            fix(at, rng.gauss(0, sigma_m), east_m=rng.gauss(0, sigma_m), accuracy_m=sigma_m)
            for at in (0, gap)
        )
        alarms += is_unlikely(one, other)

    assert alarms / 20_000 < 0.001


def test_both_accuracies_are_taken_off_the_way() -> None:
    """S-173: at the bound itself nothing is told, a little above it is."""
    way_m = FASTEST_KMH / 3.6 * 60 + 2 * 150

    assert not is_unlikely(fix(0, accuracy_m=150), fix(60, way_m - 5, accuracy_m=150))
    assert is_unlikely(fix(0, accuracy_m=150), fix(60, way_m + 5, accuracy_m=150))
    assert is_unlikely(fix(60, way_m + 5, accuracy_m=150), fix(0, accuracy_m=150)), "whichever is named first"


@pytest.mark.parametrize("gap_s, accuracy_m", [(59.9, 20), (60, 151)])
def test_under_a_minute_and_above_150_metres_nothing_is_told(gap_s: float, accuracy_m: float) -> None:
    """S-173: both say nothing."""
    assert not is_unlikely(fix(0), fix(gap_s, 50_000, accuracy_m=accuracy_m))
    assert is_unlikely(fix(0), fix(60, 50_000))
