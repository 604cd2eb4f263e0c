"""Months as they are sent, like ``2026-11``, and read as their first day."""

from datetime import date
from typing import Any

from marshmallow import validate

from app.api.http.fields import Text
from app.clock import business_day

_MONTH = validate.Regexp(r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", error="月份请写成2026-11这样")


def month_text(**kwargs: Any) -> Text:
    """Give a field for a month."""
    return Text(7, checks=[_MONTH], **kwargs)


def first_of(month: str | None) -> date:
    """Give the first day of a month that was sent, or else of this one."""
    return business_day().replace(day=1) if month is None else date.fromisoformat(f"{month}-01")
