"""Harm to minors: words that tell of it, and the restricted cases that they open."""

from app.harm.cases import (
    Told,
    case_result_of,
    close_case,
    harm_case,
    harm_cases,
    open_case,
    signs_of_harm,
    watch,
)
from app.harm.words import tells_of_harm
from app.models import HarmCase, HarmRecord

__all__ = [
    "HarmCase",
    "HarmRecord",
    "Told",
    "case_result_of",
    "close_case",
    "harm_case",
    "harm_cases",
    "open_case",
    "signs_of_harm",
    "tells_of_harm",
    "watch",
]
