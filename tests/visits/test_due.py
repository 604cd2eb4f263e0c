from datetime import date

import pytest

from app.models import CareCategory, CareLevel
from app.visits.due import first_due, most_days

_DEFAULTS = {CareLevel.HIGH: 7, CareLevel.MEDIUM: 14, CareLevel.LOW: 30, CareLevel.GENERAL: 92}
_MONTHLY = {CareCategory.ELDERLY, CareCategory.DISABLED, CareCategory.LEFT_BEHIND_CHILD}


@pytest.mark.parametrize("category", CareCategory)
@pytest.mark.parametrize("level", CareLevel)
def test_how_often_at_least(category: CareCategory, level: CareLevel) -> None:
    quarterly = level is CareLevel.GENERAL and category not in _MONTHLY

    assert most_days(category, level, age=70) == (92 if quarterly else min(_DEFAULTS[level], 31))
    assert most_days(category, level, age=17) == min(_DEFAULTS[level], 31)


@pytest.mark.parametrize(
    "level, started_on, every_days, due",
    [
        (CareLevel.HIGH, date(2027, 1, 31), 7, date(2027, 1, 31)),
        (CareLevel.MEDIUM, date(2027, 1, 31), 14, date(2027, 2, 14)),
        (CareLevel.LOW, date(2027, 1, 31), 30, date(2027, 3, 2)),
        (CareLevel.LOW, date(2028, 1, 31), 30, date(2028, 3, 1)),
        (CareLevel.GENERAL, date(2026, 12, 31), 92, date(2027, 4, 2)),
    ],
)
def test_when_the_first_visit_is_due(level: CareLevel, started_on: date, every_days: int, due: date) -> None:
    assert first_due(level, started_on, every_days) == due
