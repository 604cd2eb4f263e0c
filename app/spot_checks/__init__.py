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
)
from app.spot_checks.proof import ListedWeek, ProofError, Redrawn, WholeWeek, draw_again, weeks, whole_week
from app.spot_checks.urn import COVERED_WEEKS
from app.spot_checks.weekly import commit_seeds, communities, draw_due

__all__ = [
    "COVERED_WEEKS",
    "RESULTS",
    "ListedSpotCheck",
    "ListedWeek",
    "OwnSpotCheckError",
    "ProofError",
    "Redrawn",
    "ShownSpotCheck",
    "SpotCheck",
    "SpotCheckRecord",
    "SpotCheckStatus",
    "SpotCheckWeek",
    "WholeWeek",
    "appeal",
    "commit_seeds",
    "communities",
    "decide",
    "draw_again",
    "draw_due",
    "give_result",
    "listed",
    "spot_check",
    "spot_checks",
    "weeks",
    "whole_week",
]
