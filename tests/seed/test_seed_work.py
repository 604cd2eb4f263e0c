"""The demonstration shows what residents live by, and what offices read of it."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.seed.site import BIG_SITE
from app.models import Employment, WorkCount, WorkMeasure, WorkState

pytestmark = pytest.mark.xdist_group("seed")
_THIS_MONTH = date(2026, 11, 1)


def test_the_big_site_has_a_dispatch_of_each_month_that_is_over(session: Session) -> None:
    query = select(WorkCount.month, WorkCount.number).where(
        WorkCount.area_code == BIG_SITE.code,
        WorkCount.measure == WorkMeasure.WORKING,
        WorkCount.is_shown,
    )
    working = {row.month: row.number for row in session.execute(query)}

    assert sorted(working) == [date(2026, month, 1) for month in range(6, 11)]
    assert all(number > BIG_SITE.households for number in working.values())


def test_this_month_is_written_down_of_some_and_of_others_not_yet(session: Session) -> None:
    query = select(Employment.month, func.count().label("people")).group_by(Employment.month)
    found = {row.month: row.people for row in session.execute(query)}

    assert found[date(2026, 10, 1)] > found[_THIS_MONTH] > 0


def test_all_states_are_there_and_work_has_its_place(session: Session) -> None:
    states = set(session.scalars(select(Employment.state).distinct()))

    assert states == set(WorkState)
