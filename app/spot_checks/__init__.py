"""Spot checks: a few records of each week are looked at again by somebody who did not make them."""

from app.models import SpotCheck, SpotCheckRecord, SpotCheckStatus, SpotCheckWeek
from app.spot_checks.checking import (
    RESULTS,
    ListedSpotCheck,
    OwnSpotCheckError,
    ShownSpotCheck,
    appeal,
    decide,
    give_result,
    listed,
    spot_check,
    spot_checks,
    weeks,
)
from app.spot_checks.weekly import COVERED_WEEKS, commit_seeds, communities, draw_due

__all__ = [
    "COVERED_WEEKS",
    "RESULTS",
    "ListedSpotCheck",
    "OwnSpotCheckError",
    "ShownSpotCheck",
    "SpotCheck",
    "SpotCheckRecord",
    "SpotCheckStatus",
    "SpotCheckWeek",
    "appeal",
    "commit_seeds",
    "communities",
    "decide",
    "draw_due",
    "give_result",
    "listed",
    "spot_check",
    "spot_checks",
    "weeks",
]
