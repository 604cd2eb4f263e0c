"""Which questions are spared the filter of frozen rows: only those that surely touch none."""

import gc
from typing import Any
from weakref import ref

import pytest
from sqlalchemy import exists, func, literal, select, text, union, update
from sqlalchemy.orm import Session, aliased, joinedload

from app.clock import now
from app.ids import new_id
from app.models import (
    FROZEN_TOO,
    Account,
    Binding,
    Hazard,
    HazardEvent,
    Household,
    Lot,
    Proxy,
    SignIn,
    User,
)
from app.models.freezing import asks_elsewhere
from tests.cast import named, person
from tests.own_data_world import write_closed

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


def test_a_question_that_is_asked_again_passes_over_what_was_frozen_since(session: Session) -> None:
    """S-79: the filter is put on a question once, and is there whenever it is asked without the option."""
    bound = named("binding resident")
    his = select(Binding.id).where(Binding.id == bound)
    assert session.scalars(his).all() == [bound]
    session.execute(
        update(Binding)
        .where(Binding.id == bound)
        .values(frozen_by=write_closed(session, person("resident").user_id, now()))
    )

    found = [
        session.scalars(his, execution_options={FROZEN_TOO: too}).all() for too in (False, True, False, True)
    ]

    assert found == [[], [bound], [], [bound]]


@pytest.mark.parametrize("table", [Binding, User])
def test_a_question_is_forgotten_with_its_asking(session: Session, table: Any) -> None:
    """Or the memory of a process would grow with each request."""

    def asked() -> ref[Any]:
        question = select(table.id).where(table.id == new_id())
        session.scalars(question).all()
        return ref(question)

    asked()  # the statement cache keeps the first of its kind
    second = asked()
    gc.collect()

    assert second() is None
