"""Who is a child, and who a minor, on which day in China."""

from datetime import UTC, date, datetime

import pytest

from app.clock import set_to
from app.models import Resident
from app.people import is_child, is_minor


@pytest.mark.parametrize(
    "birth_date, day, child",
    [
        (date(2013, 5, 6), date(2027, 5, 5), True),
        (date(2013, 5, 6), date(2027, 5, 6), False),
        (date(2012, 2, 29), date(2026, 2, 28), True),
        (date(2012, 2, 29), date(2026, 3, 1), False),
        (date(2014, 2, 28), date(2028, 2, 27), True),
        (date(2014, 2, 28), date(2028, 2, 28), False),
    ],
)
def test_a_child_is_one_until_the_fourteenth_birthday(birth_date: date, day: date, *, child: bool) -> None:
    """S-91: the day before the birthday, the day itself, and 29 February."""
    assert is_child(Resident(birth_date=birth_date), day) is child


@pytest.mark.parametrize(
    "at, child",
    [
        (datetime(2027, 5, 5, 15, 59, tzinfo=UTC), True),
        (datetime(2027, 5, 5, 16, 0, tzinfo=UTC), False),
    ],
)
def test_the_birthday_begins_at_midnight_in_china(at: datetime, *, child: bool) -> None:
    """S-91: days are counted in Asia/Shanghai."""
    with set_to(at):
        assert is_child(Resident(birth_date=date(2013, 5, 6))) is child


def test_a_minor_is_one_until_the_eighteenth_birthday() -> None:
    born = Resident(birth_date=date(2009, 5, 6))

    assert [is_minor(born, day) for day in (date(2027, 5, 5), date(2027, 5, 6))] == [True, False]
