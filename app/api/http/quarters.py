"""Quarters as they are sent, like ``2026-Q4``, and read as the first day of their first month."""

import re
from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.api.http.fields import Text
from app.api.http.months import FIGURES_BACK
from app.employment import months_before, this_month

_MONTHS = 3
_FORM = re.compile(r"^(19|20|21)[0-9]{2}-Q[1-4]$")
_QUARTER = validate.Regexp(_FORM, error="季度请写成2026-Q4这样")


def quarter_text(**kwargs: Any) -> Text:
    """Give a field for a quarter."""
    return Text(7, checks=[_QUARTER], **kwargs)


def quarter_of(quarter: str | None) -> date:
    """Give the first day of a quarter that was sent, or else of the one before this month's.

    Raises ValidationError naming the first and the last of which there may be figures.
    """
    if quarter is None:
        return _around(months_before(this_month(), _MONTHS))
    asked = date(int(quarter[:4]), 1 + _MONTHS * (int(quarter[-1]) - 1), 1)
    first, last = _around(months_before(this_month(), FIGURES_BACK)), _around(this_month())
    if not first <= asked <= last:
        raise ma.ValidationError(f"请填{told(first)}到{told(last)}之间的季度", "quarter")
    return asked


def told(first: date) -> str:
    """Give the quarter that begins with a month as it is sent."""
    return f"{first:%Y}-Q{(first.month + _MONTHS - 1) // _MONTHS}"


def _around(month: date) -> date:
    return month.replace(month=month.month - (month.month - 1) % _MONTHS)
