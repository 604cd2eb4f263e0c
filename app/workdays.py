"""Working days of the Chinese calendar, with public holidays and make-up days."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar

from app.clock import business_day, end_of
from app.config import Settings, SettingsError, UnknownYears
from app.errors import DomainError, Kind

_SATURDAY = 5


class HolidaysUnknownError(DomainError):
    """The year's holidays are not published, or nobody has entered them (data: ``year``)."""

    code = "holidays_unknown"
    kind = Kind.NOT_SET_UP


@dataclass(frozen=True)
class WorkCalendar:
    """Which days count for a deadline."""

    unknown_years: UnknownYears
    extra: dict[int, dict[date, bool]] = field(default_factory=dict)
    """Years the package does not know: day to whether it is worked, where it differs from the weekday."""

    @classmethod
    def of(cls, settings: Settings) -> "WorkCalendar":
        """Give the calendar of these settings."""
        extra = _read_extra(settings.holidays_file) if settings.holidays_file else {}
        return cls(settings.unknown_years, extra)

    def is_workday(self, day: date) -> bool:
        """Say whether a day is worked.

        Raises HolidaysUnknownError for a year that neither the package nor the operator's file covers,
        unless the settings accept plain weekends for it.
        """
        weekday = day.weekday() < _SATURDAY
        if day.year in self.extra:
            return self.extra[day.year].get(day, weekday)
        try:
            return _is_workday(day)
        except NotImplementedError:
            if self.unknown_years is UnknownYears.WEEKENDS:
                return weekday
            raise HolidaysUnknownError(year=day.year) from None

    def deadline(self, start: datetime, days: int) -> datetime:
        """Give the end of the n-th working day after the day of ``start``.

        Raises HolidaysUnknownError like ``is_workday``.
        """
        day = business_day(start)
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_workday(day)
        return end_of(day)


@cache
def _is_workday(day: date) -> bool:
    """Ask the package, which takes its time; raises NotImplementedError for a year that it does not know."""
    return bool(chinese_calendar.is_workday(day))


@cache
def _read_extra(path: Path) -> dict[int, dict[date, bool]]:
    """Read ``{"2027": {"holidays": ["2027-01-01"], "workdays": ["2027-02-07"]}}``.

    Raises SettingsError if it reads otherwise: a process must not start with half a calendar.
    """
    try:
        years = json.loads(path.read_text(encoding="utf-8"))
        return {int(year): _marked(int(year), days) for year, days in years.items()}
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        example = '{"2027": {"holidays": ["2027-01-01"], "workdays": ["2027-02-07"]}}'
        message = f"GONGDI_HOLIDAYS_FILE must read like {example}, all days within their year: {error}"
        raise SettingsError(message) from error


def _marked(year: int, days: dict[str, list[str]]) -> dict[date, bool]:
    marked = {date.fromisoformat(day): False for day in days["holidays"]}
    marked |= {date.fromisoformat(day): True for day in days["workdays"]}
    strays = [str(day) for day in marked if day.year != year]
    if strays:
        raise ValueError(", ".join(strays))
    return marked
