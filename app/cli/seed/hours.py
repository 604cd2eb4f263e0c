"""Working hours: when the people of the seed do what the history tells of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from app.clock import SHANGHAI, business_day
from app.workdays import WorkCalendar

YEAR = timedelta(days=365)
READY_BEFORE = timedelta(days=30)
"""Catalogues, people and staff are there before the history begins."""
TOLD_FOR = READY_BEFORE + YEAR
"""From when people and staff are there to the history's end."""
_OPENS, _CLOSES = time(8, 30), time(17, 30)
_MORNING_S, _AFTERNOON_S = 3 * 3600 + 1200, 3 * 3600
"""From 8:30 to 11:50 and from 14:30 to 17:30."""
_NOON_AFTER_S = 6 * 3600


@dataclass(frozen=True)
class Hours:
    """The working days of the history; ``until`` is its end, after which nothing has happened yet."""

    calendar: WorkCalendar
    until: datetime

    def workday(self, day: date) -> date:
        """Give this day, or the next one that is worked."""
        while not self.calendar.is_workday(day):
            day += timedelta(days=1)
        return day

    def during(self, rng: Random, day: date) -> datetime:
        """Draw a moment in the working hours of a day."""
        second = rng.randrange(_MORNING_S + _AFTERNOON_S)
        if second >= _MORNING_S:
            second += _NOON_AFTER_S - _MORNING_S
        return _at(day, _OPENS) + timedelta(seconds=second)

    def after(self, rng: Random, moment: datetime, least_h: float, most_h: float) -> datetime:
        """Draw a moment so many hours later, or early on the next working day if nobody works then."""
        asked = moment + timedelta(hours=rng.uniform(least_h, most_h))
        day = business_day(asked)
        if self.calendar.is_workday(day) and _at(day, _OPENS) <= asked <= _at(day, _CLOSES):
            return asked
        if not self.calendar.is_workday(day) or asked > _at(day, _CLOSES):
            day = self.workday(day + timedelta(days=1))
        return _at(day, _OPENS) + timedelta(seconds=rng.randrange(90 * 60))

    def evening(self, rng: Random, day: date) -> datetime:
        """Draw a moment between noon and nine in the evening, when residents have time."""
        return _at(day, time(12)) + timedelta(seconds=rng.randrange(9 * 3600))


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)
