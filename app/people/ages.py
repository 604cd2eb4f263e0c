"""How old somebody is, as far as the work needs it."""

import enum
from datetime import date

from app.models import Resident
from app.people.guardians import ADULT_YEARS, is_child, is_minor


class AgeGroup(enum.StrEnum):
    """What the roster shows of a minor in place of the day of birth."""

    CHILD = "child"
    """Younger than 14: a guardian decides."""
    MINOR = "minor"
    """From 14 to 17."""
    ADULT = "adult"


def age_group(resident: Resident) -> AgeGroup:
    """Say of which group somebody is today."""
    if is_child(resident):
        return AgeGroup.CHILD
    return AgeGroup.MINOR if is_minor(resident) else AgeGroup.ADULT


def last_birth_of_adults(day: date) -> date:
    """Give the latest day of birth of those who are 18 on a day; on 29 February that is a 28th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - ADULT_YEARS, day=28 if leap else day.day)
