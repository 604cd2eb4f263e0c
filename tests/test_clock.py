"""The wall clock, and business days in China."""

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def test_now_is_the_present_in_utc() -> None:
    before = datetime.now(UTC)
    seen = clock.now()

    assert before <= seen <= datetime.now(UTC)
    assert seen.tzinfo is UTC


@pytest.mark.parametrize(
    "at, day",
    [
        (datetime(2026, 11, 24, 15, 59, 59, 999_999, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 24, 16, 0, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 11, 24, 23, 0, tzinfo=timezone(timedelta(hours=-5))), date(2026, 11, 25)),
        (datetime(2026, 11, 24, 0, 0, tzinfo=clock.SHANGHAI), date(2026, 11, 24)),
    ],
)
def test_the_business_day_begins_at_midnight_in_china(at: datetime, day: date) -> None:
    assert clock.business_day(at) == day


def test_a_day_lasts_from_its_start_to_the_next() -> None:
    assert clock.start_of(date(2026, 11, 24)) == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert clock.end_of(date(2026, 11, 24)) == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


@given(st.datetimes(datetime(1992, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_moment_lies_in_its_day(at: datetime) -> None:
    day = clock.business_day(at)

    assert clock.start_of(day) <= at < clock.end_of(day)
    assert clock.end_of(day) - clock.start_of(day) == timedelta(hours=24)


def test_the_clock_can_be_set_and_goes_right_again() -> None:
    with clock.set_to(NOON):
        assert clock.now() == NOON
        assert clock.business_day() == date(2026, 11, 24)
        with clock.set_to(NOON + timedelta(days=1)):
            assert clock.business_day() == date(2026, 11, 25)
        assert clock.now() == NOON

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_clock_goes_right_again_after_an_error() -> None:
    with pytest.raises(LookupError), clock.set_to(NOON):
        raise LookupError

    assert clock.now() > NOON or clock.now() < NOON - timedelta(seconds=1)


def test_a_moment_of_another_zone_is_set_as_utc() -> None:
    with clock.set_to(NOON.astimezone(clock.SHANGHAI)):
        assert (clock.now(), clock.now().tzinfo) == (NOON, UTC)


def test_a_moment_without_offset_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="offset"), clock.set_to(NOON.replace(tzinfo=None)):
        pass


def test_other_threads_keep_their_own_clock() -> None:
    seen: list[datetime] = []
    with clock.set_to(NOON - timedelta(days=3650)):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()

    assert seen[0] > NOON - timedelta(days=3000)


@pytest.mark.parametrize(
    "at, months, before",
    [
        (datetime(2027, 3, 31, 9, 30, tzinfo=UTC), 1, datetime(2027, 2, 28, 9, 30, tzinfo=UTC)),
        (datetime(2028, 3, 31, tzinfo=UTC), 1, datetime(2028, 2, 29, tzinfo=UTC)),
        (datetime(2027, 1, 31, tzinfo=UTC), 13, datetime(2025, 12, 31, tzinfo=UTC)),
        (datetime(2027, 1, 15, tzinfo=UTC), 12, datetime(2026, 1, 15, tzinfo=UTC)),
        (datetime(2027, 12, 1, tzinfo=UTC), 600, datetime(1977, 12, 1, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_the_calendar(at: datetime, months: int, before: datetime) -> None:
    with clock.set_to(at):
        assert clock.months_ago(months) == before
