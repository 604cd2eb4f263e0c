"""From when on it can be known which homes have somebody stably employed: three months must be on record.

Asked of whole cities only: of a small area it would tell that somebody there was written down (ADR 0026).
"""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.employment import STABLE_MONTHS, months_before
from app.models import DIGITS, AreaLevel, Employment, WorkCount, WorkMeasure

_CITY = DIGITS[AreaLevel.CITY]


def cities_on_record(session: Session, month: date) -> set[str]:
    """Give the cities where somebody was written down of the month with which three end in this one."""
    first = months_before(month, STABLE_MONTHS - 1)
    city = func.left(Employment.area_code, _CITY)
    return set(
        session.scalars(
            select(city).where(Employment.month <= first, Employment.replaced_at.is_(None)).distinct()
        )
    )


def stable_homes_from(session: Session, area_code: str) -> date | None:
    """Give the first month of which a city's homes with stable work are counted, or will be.

    None where nothing is written down yet. What is written down late changes no month that was counted.
    """
    city = area_code[:_CITY]
    of_city = WorkCount.area_code == city
    counted = session.scalar(
        select(func.min(WorkCount.month)).where(of_city, WorkCount.measure == WorkMeasure.STABLE_HOMES)
    )
    if counted is not None:
        return counted
    here = Employment.area_code.startswith(city, autoescape=True)
    written = session.scalar(select(func.min(Employment.month)).where(here, Employment.replaced_at.is_(None)))
    if written is None:
        return None
    last = session.scalar(select(func.max(WorkCount.month)).where(of_city))
    known = months_before(written, 1 - STABLE_MONTHS)
    return known if last is None else max(known, months_before(last, -1))
