"""On which days a plan asks for something."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.config import UnknownYears
from app.models import Checklist, OnDayOff, PlanFrequency
from app.plans.calendar import Rhythm, Window
from app.workdays import HolidaysUnknownError, WorkCalendar
from tests.client import Client
from tests.plan_world import CALENDAR, LAST_KNOWN, START, in_china, plan_body, put_plan

FESTIVAL = [date(2026, 2, day) for day in range(15, 24)]
"""Spring Festival of 2026; the Saturdays before and after it, the 14th and the 28th, are worked."""


def rhythm(frequency: PlanFrequency = PlanFrequency.DAILY, **more: object) -> Rhythm:
    values: dict[str, object] = {
        "every_days": None,
        "anchor_on": None,
        "days": (),
        "on_day_off": OnDayOff.KEEP,
        "starts_on": date(2026, 1, 1),
        "ends_on": None,
    }
    return Rhythm(frequency, **values | more)  # type: ignore[arg-type]


def days(one: Rhythm, first: date, last: date, calendar: WorkCalendar = CALENDAR) -> list[date]:
    return list(one.days_between(first, last, calendar))


def test_a_daily_plan_names_every_day() -> None:
    assert days(rhythm(), START, START + timedelta(days=9)) == [START + timedelta(days=n) for n in range(10)]


def test_days_are_counted_from_the_anchor() -> None:
    every_ten = rhythm(PlanFrequency.EVERY_N_DAYS, every_days=10, anchor_on=date(2026, 1, 5))

    found = days(every_ten, date(2026, 1, 1), date(2026, 1, 31))

    assert [day.day for day in found] == [5, 15, 25]


def test_weekdays_are_named_from_monday_on() -> None:
    found = days(rhythm(PlanFrequency.WEEKLY, days=(1, 5)), START, START + timedelta(days=13))

    assert [day.isoformat() for day in found] == ["2026-03-02", "2026-03-06", "2026-03-09", "2026-03-13"]


@pytest.mark.parametrize(
    "named, year, month, expected",
    [
        ((31,), 2026, 2, [28]),
        ((29, 30, 31), 2026, 2, [28]),
        ((29, 30, 31), 2028, 2, [29]),
        ((30, 31), 2026, 4, [30]),
        ((15, 31), 2026, 5, [15, 31]),
    ],
)
def test_a_month_without_the_day_has_it_on_its_last(
    named: tuple[int, ...], year: int, month: int, expected: list[int]
) -> None:
    first = date(year, month, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    found = days(rhythm(PlanFrequency.MONTHLY, days=named), first, last)

    assert [day.day for day in found] == expected


def test_days_off_are_kept_skipped_or_moved_and_make_up_days_are_worked() -> None:
    first, last = date(2026, 2, 13), date(2026, 3, 1)

    kept, skipped, moved = (days(rhythm(on_day_off=one), first, last) for one in OnDayOff)

    assert len(kept) == 17
    assert set(kept) - set(skipped) == {*FESTIVAL, date(2026, 3, 1)}
    assert moved == skipped, "what meets on a day is done once"


def test_a_day_off_moves_past_the_whole_holiday_and_no_further() -> None:
    monthly = rhythm(PlanFrequency.MONTHLY, days=(15,), on_day_off=OnDayOff.MOVE)

    found = days(monthly, date(2026, 1, 1), date(2026, 3, 31))

    assert [day.isoformat() for day in found] == ["2026-01-15", "2026-02-24", "2026-03-16"]


def test_a_make_up_saturday_takes_what_moves() -> None:
    one_day = rhythm(starts_on=date(2026, 2, 22), ends_on=date(2026, 2, 28), on_day_off=OnDayOff.MOVE)

    assert date(2026, 2, 28) in days(one_day, date(2026, 2, 22), date(2026, 2, 28))


def test_what_lies_before_its_start_or_after_its_end_is_not_asked_for() -> None:
    short = rhythm(starts_on=date(2026, 2, 20), ends_on=date(2026, 2, 23), on_day_off=OnDayOff.MOVE)

    assert days(short, date(2026, 2, 1), date(2026, 3, 31)) == [], "all of it are days off"


def test_an_unknown_year_stops_only_a_plan_that_minds_days_off() -> None:
    refusing = WorkCalendar(UnknownYears.REFUSE)
    first, last = date(LAST_KNOWN + 1, 1, 10), date(LAST_KNOWN + 1, 1, 20)

    assert len(days(rhythm(), first, last, refusing)) == 11
    for one in (OnDayOff.SKIP, OnDayOff.MOVE):
        with pytest.raises(HolidaysUnknownError):
            days(rhythm(on_day_off=one), first, last, refusing)
        monthly = rhythm(PlanFrequency.MONTHLY, days=(28,), on_day_off=one, starts_on=first)
        assert days(monthly, first, last, refusing) == [], "no day of these is named"


def test_a_window_ends_before_the_next_period_begins() -> None:
    weekly = rhythm(PlanFrequency.WEEKLY, days=(1, 4))

    assert weekly.least_gap_days() == 3
    assert rhythm(PlanFrequency.MONTHLY, days=(1, 31)).least_gap_days() == 1
    assert rhythm(PlanFrequency.MONTHLY, days=(1,)).least_gap_days() == 28
    assert rhythm(PlanFrequency.MONTHLY, days=(30, 31)).least_gap_days() == 1
    assert rhythm(PlanFrequency.MONTHLY, days=(28, 29)).least_gap_days() == 1
    assert rhythm(PlanFrequency.MONTHLY, days=(31,)).least_gap_days() == 28
    assert Window(in_china(START).time(), 3 * 1440, 0).fits(weekly)
    assert not Window(in_china(START).time(), 3 * 1440, 1).fits(weekly)


@pytest.mark.parametrize(
    "more, said",
    [
        ({"frequency": "every_n_days"}, "请填隔几天一次，2到366天"),
        ({"every_days": 3}, "只有隔几天一次的才填隔几天"),
    ],
)
def test_it_is_said_whether_the_days_between_are_missing_or_too_many(
    admin: Client, checklist: Checklist, more: dict[str, Any], said: str
) -> None:
    assert put_plan(admin, plan_body(checklist, **more)).json["errors"] == {"every_days": [said]}
