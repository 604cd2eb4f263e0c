"""What care begins with: a reason, and somebody whom its category is for, as far as age and sex say it."""

from datetime import date

from app.errors import DomainError, Kind
from app.models import CareCategory, LeavingReason, Sex
from app.people import ADULT_YEARS, age_on

ELDERLY_FROM = 60
"""Law on the Protection of the Rights and Interests of the Elderly, art. 2."""
CHILD_UNTIL = 16
"""A left-behind child is younger (State Council, Guofa 2016 no. 13)."""
_LEAST_LETTERS = 2


class ReasonNeededError(DomainError):
    """Care begins at a level for a reason in words: two letters or characters at least."""

    code = "reason_needed"
    kind = Kind.INVALID


class NotElderlyError(DomainError):
    """Who is younger than 60 is looked after in another category."""

    code = "not_elderly"
    kind = Kind.INVALID


class NotLeftBehindChildError(DomainError):
    """Who is 16 or older is looked after in another category."""

    code = "not_left_behind_child"
    kind = Kind.INVALID


class NotLeftBehindWomanError(DomainError):
    """Left-behind women are women of 18 or more."""

    code = "not_left_behind_woman"
    kind = Kind.INVALID


class NotOfAgeError(DomainError):
    """Only the care of a left-behind child ends by coming of age, from his 18th birthday on."""

    code = "not_of_age"
    kind = Kind.INVALID


def gives_reason(words: str) -> bool:
    """Say whether words tell why care begins at a level."""
    return sum(sign.isalpha() for sign in words) >= _LEAST_LETTERS


def check_reason(words: str) -> None:
    """Refuse to begin care without a reason for its level. Raises ReasonNeededError."""
    if not gives_reason(words):
        raise ReasonNeededError(field="reason")


def misfit(category: CareCategory, sex: Sex, birth_date: date, day: date) -> type[DomainError] | None:
    """Give what is wrong with beginning care of somebody in a category on a day; None if he may be of it."""
    age = age_on(birth_date, day)
    if category is CareCategory.ELDERLY and age < ELDERLY_FROM:
        return NotElderlyError
    if category is CareCategory.LEFT_BEHIND_CHILD and age >= CHILD_UNTIL:
        return NotLeftBehindChildError
    if category is CareCategory.LEFT_BEHIND_WOMAN and (sex is not Sex.FEMALE or age < ADULT_YEARS):
        return NotLeftBehindWomanError
    return None


def check_came_of_age(category: CareCategory, why: LeavingReason, birth_date: date, day: date) -> None:
    """Refuse to say that somebody came of age who did not. Raises NotOfAgeError."""
    if why is not LeavingReason.OF_AGE:
        return
    if category is not CareCategory.LEFT_BEHIND_CHILD or age_on(birth_date, day) < ADULT_YEARS:
        raise NotOfAgeError(field="why")
