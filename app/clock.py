"""The only reader of the wall clock; business days are Asia/Shanghai."""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """Give the present moment in UTC."""
    return _set_to.get() or datetime.now(UTC)


def business_day(at: datetime | None = None) -> date:
    """Give the calendar day in China of a moment, by default of now."""
    return (at or now()).astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """Give the first moment of a business day, in UTC."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Give the moment at which a business day is over, in UTC."""
    return start_of(day + timedelta(days=1))


def ends_a_day(at: datetime) -> bool:
    """Say whether a moment is the end of a business day, which people write as its hour 24."""
    return end_of(last_day(at)) == at


def last_day(until: datetime) -> date:
    """Give the last business day before a moment: the end of a day is that day's."""
    return business_day(until - timedelta(microseconds=1))


def months_ago(months: int) -> datetime:
    """Give the moment some months before now, at the month's last day if it has no such day."""
    at = now()
    years, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    last = monthrange(years, month + 1)[1]
    return at.replace(year=years, month=month + 1, day=min(at.day, last))


@contextmanager
def set_to(at: datetime) -> Iterator[None]:
    """Let this thread live at another moment: the seed plays history, tests play the future."""
    assert at.tzinfo is not None, "a moment needs an offset"
    token = _set_to.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)
