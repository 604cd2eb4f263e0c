"""Harm to minors: words that tell of it, and the restricted cases that they open."""

from app.harm.cases import (
    OwnCaseError,
    Told,
    case_result_of,
    close_case,
    harm_case,
    harm_cases,
    open_case,
    opened_by_others,
    signs_of_harm,
    watch,
)
from app.harm.home import (
    BY_ANOTHER,
    IS_MINOR,
    READER,
    hidden_from_a_minor,
    home_is_not_told,
    homes_behind,
    homes_behind_each,
    not_told_of_visit,
    not_told_of_visits,
    reading_as,
    told_by_another,
    visit_kept_from,
)
from app.harm.words import tells_of_harm
from app.models import HarmCase, HarmRecord

__all__ = [
    "BY_ANOTHER",
    "IS_MINOR",
    "READER",
    "HarmCase",
    "HarmRecord",
    "OwnCaseError",
    "Told",
    "case_result_of",
    "close_case",
    "harm_case",
    "harm_cases",
    "hidden_from_a_minor",
    "home_is_not_told",
    "homes_behind",
    "homes_behind_each",
    "not_told_of_visit",
    "not_told_of_visits",
    "open_case",
    "opened_by_others",
    "reading_as",
    "signs_of_harm",
    "tells_of_harm",
    "told_by_another",
    "visit_kept_from",
    "watch",
]
