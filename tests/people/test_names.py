from datetime import date

import pytest

from app.people import age_on, masked


@pytest.mark.parametrize(
    "name, shown",
    [("王桂兰", "王**"), ("李四", "李**"), ("欧阳修文", "欧**"), ("王", "王**"), ("阿依古丽·买买提", "阿**")],
)
def test_a_public_list_shows_the_first_sign_and_hides_the_length(name: str, shown: str) -> None:
    assert masked(name) == shown


@pytest.mark.parametrize(
    "birth_date, day, age",
    [
        (date(1955, 3, 8), date(2026, 3, 7), 70),
        (date(1955, 3, 8), date(2026, 3, 8), 71),
        (date(2012, 12, 31), date(2026, 12, 30), 13),
        (date(2012, 12, 31), date(2027, 1, 1), 14),
        (date(2026, 11, 24), date(2026, 11, 24), 0),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (date(2012, 2, 29), date(2028, 2, 28), 15),
        (date(2012, 2, 29), date(2028, 2, 29), 16),
    ],
)
def test_age_counts_full_years(birth_date: date, day: date, age: int) -> None:
    assert age_on(birth_date, day) == age
