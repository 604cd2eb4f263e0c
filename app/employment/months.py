"""Months, and who is of working age in one."""

from calendar import monthrange
from datetime import date

from sqlalchemy import ColumnElement, and_

from app.clock import business_day
from app.errors import DomainError, Kind
from app.models import Resident, WorkState
from app.people import age_on, last_birth_of
from app.retention import is_gone

LEAST_YEARS, MOST_YEARS = 16, 59
"""Of working age; nobody younger may work (Labour Law, art. 15), who is older may be recorded, too."""
STABLE_MONTHS = 3
"""Whoever worked in so many months in a row, the last among them, is stably employed (ADR 0026)."""
LATE_MONTHS = 12
"""So many months back one may be written down still."""
WORKING = (WorkState.EMPLOYED, WorkState.SELF_EMPLOYED)


class WorkMonthError(DomainError):
    """The month is still to come, or more than a year ago (data: ``first`` and ``last`` that are open)."""

    code = "work_month"
    kind = Kind.INVALID


class TooYoungError(DomainError):
    """The resident is younger than 16."""

    code = "too_young_to_work"
    kind = Kind.INVALID


def this_month() -> date:
    """Give the first day of the month that it is in China."""
    return business_day().replace(day=1)


def months_before(month: date, number: int) -> date:
    """Give the first day of an earlier month; of a later one, for less than 0."""
    years, rest = divmod(month.year * 12 + month.month - 1 - number, 12)
    return date(years, rest + 1, 1)


def check_month(month: date) -> None:
    """Refuse with WorkMonthError a month that cannot be written down any more, or yet."""
    first, last = months_before(this_month(), LATE_MONTHS), this_month()
    if not first <= month <= last:
        raise WorkMonthError(field="month", first=f"{first:%Y-%m}", last=f"{last:%Y-%m}")


def check_old_enough(resident: Resident) -> None:
    """Refuse with TooYoungError whoever may not work yet."""
    if age_on(resident.birth_date, business_day()) < LEAST_YEARS:
        raise TooYoungError(field="resident_id")


def of_working_age(month: date) -> ColumnElement[bool]:
    """Say in SQL, beside ``Resident``, who is of working age on the last day of a month, and not gone."""
    return _born(by=last_birth_of(_last_day(month), LEAST_YEARS), month=month)


def to_be_asked(month: date) -> ColumnElement[bool]:
    """Say the same of whom lists name: old enough to work today.

    By the month's last day, two months' lists would tell in which one somebody turned 16.
    """
    return _born(by=last_birth_of(business_day(), LEAST_YEARS), month=month)


def _born(*, by: date, month: date) -> ColumnElement[bool]:
    oldest = last_birth_of(_last_day(month), MOST_YEARS + 1)
    return and_(Resident.birth_date > oldest, Resident.birth_date <= by, ~is_gone())


def _last_day(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])
