"""On which days a plan asks for something, and in which window."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from app.clock import SHANGHAI
from app.models import OnDayOff, PlanFrequency
from app.workdays import WorkCalendar

LONGEST_BREAK = 20
"""More days than a public holiday with the weekends around it; only so far back is looked for moved ones."""
_DAY_MIN = 24 * 60
_MONTHS = [monthrange(year, month)[1] for year in (2027, 2028) for month in range(1, 13)]
"""How long months are, one after the other, in a common year and in a leap year."""


@dataclass(frozen=True)
class Rhythm:
    """How often, from when to when, and what becomes of days off."""

    frequency: PlanFrequency
    every_days: int | None
    anchor_on: date | None
    days: tuple[int, ...]
    on_day_off: OnDayOff
    starts_on: date
    ends_on: date | None

    def falls_on(self, day: date, calendar: WorkCalendar) -> bool:
        """Say whether something begins on a day; both ends of the plan are included, also for what moved.

        What moves is done on the first day that is worked, once however much meets there. The calendar is
        asked only where it matters: a plan that minds no days off needs no holidays.

        Raises HolidaysUnknownError.
        """
        if day < self.starts_on or (self.ends_on is not None and day > self.ends_on):
            return False
        if self.on_day_off is OnDayOff.MOVE:
            return self._moves_to(day, calendar)
        return self._names(day) and (self.on_day_off is OnDayOff.KEEP or calendar.is_workday(day))

    def days_between(self, first: date, last: date, calendar: WorkCalendar) -> Iterator[date]:
        """Give the days from ``first`` to ``last`` on which something begins. Raises HolidaysUnknownError."""
        for ahead in range((last - first).days + 1):
            day = first + timedelta(days=ahead)
            if self.falls_on(day, calendar):
                yield day

    def least_gap_days(self) -> int:
        """Give the fewest days from one period to the next, days off aside."""
        if self.frequency is PlanFrequency.DAILY:
            return 1
        if self.frequency is PlanFrequency.EVERY_N_DAYS:
            return self.every_days or 1
        if self.frequency is PlanFrequency.WEEKLY:
            return min(self._gaps(7, 7))
        return min(gap for turn, following in pairwise(_MONTHS) for gap in self._gaps(turn, following))

    def _gaps(self, turn: int, following: int) -> Iterator[int]:
        """Give the days from each period of a week or month to the next, by its length and the next one's."""
        days = sorted({min(day, turn) for day in self.days})
        first = turn + min(min(day, following) for day in self.days)
        return (after - before for before, after in pairwise([*days, first]))

    def _moves_to(self, day: date, calendar: WorkCalendar) -> bool:
        """Say whether a day is worked, and it or a day off right before it is named."""
        back = [day - timedelta(days=before) for before in range(LONGEST_BREAK + 1)]
        if not any(map(self._names, back)) or not calendar.is_workday(day):
            return False
        for one in back:
            if one != day and calendar.is_workday(one):
                return False
            if self._names(one):
                return True
        return False

    def _names(self, day: date) -> bool:
        """Say whether the frequency names a day of the plan's time, whatever day it is."""
        if day < self.starts_on:
            return False
        if self.frequency is PlanFrequency.DAILY:
            return True
        if self.frequency is PlanFrequency.WEEKLY:
            return day.isoweekday() in self.days
        if self.frequency is PlanFrequency.MONTHLY:
            is_last = (day + timedelta(days=1)).day == 1
            return day.day in self.days or (is_last and any(one > day.day for one in self.days))
        assert self.every_days, "the model's constraint"
        return (day - (self.anchor_on or self.starts_on)).days % self.every_days == 0


@dataclass(frozen=True)
class Window:
    """From when an inspection counts, until when it is on time, and from when it comes too late."""

    opens: time
    due_after_min: int
    missed_after_min: int

    @property
    def whole_min(self) -> int:
        """Give how long it is."""
        return self.due_after_min + self.missed_after_min

    def fits(self, rhythm: Rhythm) -> bool:
        """Say whether a period is over before the next begins, where no day off moves one."""
        return self.whole_min <= rhythm.least_gap_days() * _DAY_MIN

    def on(self, day: date) -> tuple[datetime, datetime, datetime]:
        """Give opening, due time and the moment of missing it for the period of a day."""
        opens_at = datetime.combine(day, self.opens, SHANGHAI).astimezone(UTC)
        due_at = opens_at + timedelta(minutes=self.due_after_min)
        return opens_at, due_at, due_at + timedelta(minutes=self.missed_after_min)
