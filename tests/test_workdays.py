"""Working days of 2026 as the State Council's office announced them in November 2025, and unknown years."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.clock import SHANGHAI
from app.config import Settings, SettingsError, UnknownYears
from app.workdays import HolidaysUnknownError, WorkCalendar

CALENDAR = WorkCalendar(UnknownYears.REFUSE)
HOLIDAYS = [
    ("元旦", date(2026, 1, 1), 3),
    ("春节", date(2026, 2, 15), 9),
    ("清明节", date(2026, 4, 4), 3),
    ("劳动节", date(2026, 5, 1), 5),
    ("端午节", date(2026, 6, 19), 3),
    ("中秋节", date(2026, 9, 25), 3),
    ("国庆节", date(2026, 10, 1), 7),
]
MAKE_UP = [
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
]
"""Weekend days that are worked instead."""
ReadFile = Callable[[Any], WorkCalendar]


@pytest.fixture
def from_file(settings: Settings, tmp_path: Path) -> ReadFile:
    """Give the calendar of settings that name a file with this content."""

    def read(content: Any) -> WorkCalendar:
        file = tmp_path / "holidays.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        environ = {
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "GONGDI_SECRET_KEY": settings.secret_key,
            "GONGDI_PUBLIC_URL": settings.public_url,
            "GONGDI_PHOTO_DIR": str(tmp_path),
            "GONGDI_HOLIDAYS_FILE": str(file),
            "GONGDI_UNKNOWN_YEARS": "refuse",
        }
        return WorkCalendar.of(Settings.read(environ))

    return read


def shanghai(month: int, day: int, hour: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize("first, days", [(first, days) for _, first, days in HOLIDAYS])
def test_nobody_works_on_a_holiday(first: date, days: int) -> None:
    assert not any(CALENDAR.is_workday(first + timedelta(days=number)) for number in range(days))


@pytest.mark.parametrize("day", MAKE_UP, ids=str)
def test_a_make_up_day_is_worked_though_it_is_a_weekend(day: date) -> None:
    assert day.weekday() >= 5
    assert CALENDAR.is_workday(day)


def test_every_other_day_goes_by_its_weekday() -> None:
    spans = [first + timedelta(days=number) for _, first, days in HOLIDAYS for number in range(days)]
    special = {*MAKE_UP, *spans}
    year = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    plain = [day for day in year if day not in special]

    assert [day for day in plain if CALENDAR.is_workday(day) is not (day.weekday() < 5)] == []
    assert sum(map(CALENDAR.is_workday, year)) == 248


@pytest.mark.parametrize(
    "start, days, end",
    [
        (shanghai(11, 24, 9), 1, shanghai(11, 26)),
        (shanghai(11, 24, 23), 1, shanghai(11, 26)),
        (shanghai(11, 27, 9), 1, shanghai(12, 1)),
        (shanghai(11, 28, 9), 1, shanghai(12, 1)),
        (shanghai(11, 24, 9), 7, shanghai(12, 4)),
        (shanghai(11, 24, 9), 0, shanghai(11, 25)),
        (shanghai(9, 30, 9), 3, shanghai(10, 11)),
        (shanghai(2, 13, 9), 7, shanghai(3, 3)),
        (datetime(2026, 11, 24, 16, 30, tzinfo=UTC), 1, shanghai(11, 27)),
    ],
    ids=[
        "next day",
        "late",
        "over a weekend",
        "from a weekend",
        "seven days",
        "today",
        "国庆",
        "春节",
        "by China's day",
    ],
)
def test_a_deadline_is_the_end_of_the_last_working_day(start: datetime, days: int, end: datetime) -> None:
    assert CALENDAR.deadline(start, days) == end


# Years whose holidays nobody has published


def test_an_unknown_year_is_refused_by_name() -> None:
    with pytest.raises(HolidaysUnknownError) as caught:
        CALENDAR.deadline(shanghai(12, 30, 9, year=2049), 5)

    assert caught.value.data == {"year": 2049}


def test_a_deadline_that_crosses_into_an_unknown_year_is_refused() -> None:
    last = max(year for year in range(2026, 2049) if _knows(year))

    with pytest.raises(HolidaysUnknownError) as caught:
        CALENDAR.deadline(shanghai(12, 30, 9, year=last), 10)

    assert caught.value.data == {"year": last + 1}


def _knows(year: int) -> bool:
    try:
        CALENDAR.is_workday(date(year, 6, 1))
    except HolidaysUnknownError:
        return False
    return True


def test_an_unknown_year_may_go_by_weekends() -> None:
    calendar = WorkCalendar(UnknownYears.WEEKENDS)

    assert [calendar.is_workday(date(2049, 5, day)) for day in range(1, 8)] == [False, False] + [True] * 5
    assert not calendar.is_workday(date(2026, 10, 1)), "a known year keeps its holidays"


def test_an_unknown_year_may_stand_in_the_operators_file(from_file: ReadFile) -> None:
    calendar = from_file({"2049": {"holidays": ["2049-05-03"], "workdays": ["2049-05-08"]}})

    assert not calendar.is_workday(date(2049, 5, 3))
    assert calendar.is_workday(date(2049, 5, 4))
    assert calendar.is_workday(date(2049, 5, 8))
    assert not calendar.is_workday(date(2049, 5, 9))
    assert not calendar.is_workday(date(2026, 10, 1)), "other years are the package's"
    with pytest.raises(HolidaysUnknownError):
        calendar.is_workday(date(2050, 5, 3))


def test_the_operators_file_corrects_the_package(from_file: ReadFile) -> None:
    calendar = from_file({"2026": {"holidays": ["2026-11-24"], "workdays": []}})

    assert not calendar.is_workday(date(2026, 11, 24))
    assert calendar.is_workday(date(2026, 10, 1)), "the file's year is the file's alone"


@pytest.mark.parametrize(
    "content",
    [
        "{",
        [],
        {"2049": []},
        {"2049": {"holidays": ["2049-05-03"]}},
        {"2049": {"holidays": ["2048-05-03"], "workdays": []}},
        {"2049": {"holidays": ["3 May"], "workdays": []}},
        {"next": {"holidays": [], "workdays": []}},
    ],
)
def test_a_file_that_makes_no_sense_is_refused_at_the_start(from_file: ReadFile, content: Any) -> None:
    with pytest.raises(SettingsError, match="GONGDI_HOLIDAYS_FILE"):
        from_file(content)
