"""Months as they are sent, like ``2026-11``, and read as their first day."""

from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow import validate

from app.api.http.fields import Text
from app.employment import months_before, this_month

FIGURES_BACK = 120
"""So many months before this one figures of offices may be asked for."""
_MONTH = validate.Regexp(r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", error="月份请写成2026-11这样")


def month_text(**kwargs: Any) -> Text:
    """Give a field for a month."""
    return Text(7, checks=[_MONTH], **kwargs)


def first_of(month: str | None) -> date:
    """Give the first day of a month that was sent, or else of this one."""
    return this_month() if month is None else date.fromisoformat(f"{month}-01")


def with_figures(month: date) -> date:
    """Give a month back of which there may be figures.

    Raises ValidationError naming the first and the last.
    """
    first, last = months_before(this_month(), FIGURES_BACK), this_month()
    if not first <= month <= last:
        raise ma.ValidationError(f"请填{told(first)}到{told(last)}之间的月份", "month")
    return month


def told(month: date) -> str:
    """Give a month as it is sent."""
    return f"{month:%Y-%m}"
