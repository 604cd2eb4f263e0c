"""How old somebody is, as far as the work needs it."""

import enum
from datetime import date

from app.clock import business_day
from app.models import Resident
from app.people.guardians import ADULT_YEARS, CHILD_YEARS, is_minor
from app.people.names import age_on


class AgeGroup(enum.StrEnum):
    """What the roster shows of a minor in place of the day of birth."""

    CHILD = "child"
    """Younger than 14: a guardian decides."""
    MINOR = "minor"
    """From 14 to 17."""
    ADULT = "adult"


def age_group(resident: Resident) -> AgeGroup:
    """Say of which group somebody is today."""
    return age_group_of(resident.birth_date)


def age_group_of(birth_date: date) -> AgeGroup:
    """Say of which group whoever was born on a day is today."""
    years = age_on(birth_date, business_day())
    if years < CHILD_YEARS:
        return AgeGroup.CHILD
    return AgeGroup.MINOR if years < ADULT_YEARS else AgeGroup.ADULT


def last_birth_of(day: date, years: int) -> date:
    """Give the latest day of birth of those who are so old on a day; on 29 February that is a 28th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap else day.day)


def last_birth_of_adults(day: date) -> date:
    """Give the latest day of birth of those who are 18 on a day."""
    return last_birth_of(day, ADULT_YEARS)


def changes_minors_age(resident: Resident, birth_date: date) -> bool:
    """Say whether a birth date is another than that on record, and he is a minor by one of the two.

    Also where neither 14 nor 18 lies between them today: made 17 years and 364 days old, a child would be of
    age tomorrow without anybody's doing.
    """
    if birth_date == resident.birth_date:
        return False
    return is_minor(resident) or age_on(birth_date, business_day()) < ADULT_YEARS


def takes_minors_number(resident: Resident) -> bool:
    """Say whether to take the ID number away takes away what proves how young somebody is."""
    return is_minor(resident) and resident.id_number_sealed is not None
