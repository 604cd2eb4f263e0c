"""The demonstration shows what residents live by, and what offices read of it."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Actor, Role, Scope
from app.cli.seed.accounts import demo_accounts
from app.cli.seed.site import BIG_SITE
from app.clock import set_to
from app.identity import phone_of
from app.models import Employment, User, WorkCount, WorkMeasure, WorkState
from app.reports import own_month
from app.sealing import Sealer
from tests.seed.conftest import Seeded

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


@pytest.mark.parametrize("month", [date(2026, 10, 1), _THIS_MONTH])
def test_a_demo_worker_has_a_month_to_show(session: Session, seeded: Seeded, month: date) -> None:
    """The one who is named at the start: what was due, what was done, and what the records show."""
    sealer = Sealer.of(seeded.settings)
    (phone,) = [one.phone for one in demo_accounts(session, sealer) if one.role.endswith(Role.GRID_WORKER)]
    (user,) = [one for one in session.scalars(select(User)) if phone_of(sealer, one) == phone]
    assert user.area_code is not None
    with set_to(datetime(2026, 11, 24, 9, 0, tzinfo=UTC)):
        shown = own_month(session, Actor(user_id=user.id, scope=Scope(areas=(user.area_code,))), month)

    assert shown.inspections.due >= shown.inspections.done > 0
    assert shown.visits.due >= shown.visits.done > 0
    assert shown.made_visits.made > 0
    assert shown.signs.records > 0
