"""Which questions are spared the filter of frozen rows: only those that surely touch none."""

from typing import Any

import pytest
from sqlalchemy import exists, func, literal, select, text, union
from sqlalchemy.orm import aliased, joinedload

from app.models import Account, Hazard, HazardEvent, Household, Lot, Proxy, SignIn, User
from app.models.freezing import asks_elsewhere

HAZARDS = select(Hazard.reported_by)


@pytest.mark.parametrize(
    "question",
    [
        select(User).where(User.name == "A", User.closed_at.is_(None) | (User.id.in_([]))),
        select(Account.id, Account.balance, literal(1).label("one")).order_by(Account.id.desc()),
        select(Lot.use_by, func.sum(Lot.remaining)).where(Lot.remaining > 0).group_by(Lot.use_by),
        select(SignIn, User).join(User, User.id == SignIn.user_id),
    ],
)
def test_questions_of_other_tables_are_spared(question: Any) -> None:
    """S-79: they can show nothing frozen."""
    assert asks_elsewhere(question)


@pytest.mark.parametrize(
    "question",
    [
        select(Hazard),
        select(Hazard.id),
        select(func.max(Hazard.id)),
        select(func.count()).select_from(Hazard),
        select(aliased(Hazard)),
        select(User).where(User.id == Hazard.reported_by),
        select(User).where(exists().where(Hazard.reported_by == User.id)),
        select(User).where(User.id.in_(HAZARDS)),
        select(User).join(Hazard, Hazard.reported_by == User.id),
        select(User).join(HAZARDS.subquery(), User.name == "A"),
        select(HazardEvent).join(Hazard),
        select(User, HAZARDS.limit(1).scalar_subquery()),
        select(User).order_by(Proxy.id),
        select(User).group_by(User.id).having(func.count(Hazard.id) > 1),
        select(User.id).add_cte(HAZARDS.cte()),
        select(Household).options(joinedload(Household.residents)),
        select(text("id FROM hazards")),
        union(HAZARDS, select(User.id)),
    ],
)
def test_any_other_question_gets_the_filter(question: Any) -> None:
    """S-79: where it is not sure, nothing frozen is shown."""
    assert not asks_elsewhere(question)
