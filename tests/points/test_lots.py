"""Lots against a model in plain Python, over random histories."""

from datetime import date, timedelta

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Lot, LotDraw
from app.points import InsufficientPointsError, reconcile
from tests.points_town import Town, build_town
from tests.points_world import standing

_FIRST = date(2027, 1, 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("award"), st.integers(1, 20), st.integers(0, 5)),
        st.tuples(st.just("redeem"), st.integers(1, 30), st.just(0)),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
def test_draws_equal_the_debit_oldest_first(session: Session, history: list[tuple[str, int, int]]) -> None:
    with session.begin_nested() as savepoint:
        town = build_town(session, households=1)
        model: list[list[int]] = []
        for verb, amount, days in history:
            if verb == "award":
                town.award(0, amount, use_by=_FIRST + timedelta(days=days))
                model.append([days, len(model), amount])
            else:
                redeem(town, amount, model)
            assert remaining(town) == sorted(lot for lot in model if lot[2])
        assert reconcile(session, town.code) == []
        savepoint.rollback()


def redeem(town: Town, amount: int, model: list[list[int]]) -> None:
    """Spend, and spend in the model."""
    available = sum(lot[2] for lot in model)
    try:
        spent = town.redeem(0, amount)
    except InsufficientPointsError as refusal:
        assert refusal.data == {"available": available, "needed": amount}  # noqa: PT017 - both ways are legal
        assert amount > available
        return
    expected, left = [], amount
    for lot in sorted(model):
        drawn = min(lot[2], left)
        lot[2] -= drawn
        left -= drawn
        expected += [drawn] if drawn else []
    draws = town.session.scalars(
        select(LotDraw.amount)
        .join(Lot, Lot.id == LotDraw.lot_id)
        .where(LotDraw.transfer_id == spent.id)
        .order_by(Lot.use_by, Lot.id)
    ).all()
    assert list(draws) == expected
    assert left == 0
    assert standing(town.session, town.accounts[0]) == (available - amount, 0)


def remaining(town: Town) -> list[list[int]]:
    """Give days, order and remaining points of the lots that are not empty, as the model keeps them."""
    query = select(Lot.id, Lot.use_by, Lot.remaining).where(Lot.account_id == town.accounts[0])
    found = town.session.execute(query.order_by(Lot.id)).all()
    return sorted(
        [(use_by - _FIRST).days, order, left] for order, (_, use_by, left) in enumerate(found) if left
    )
