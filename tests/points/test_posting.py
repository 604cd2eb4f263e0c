from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app import points
from app.clock import now
from app.errors import OtherContentError
from app.ids import new_id
from app.models import AccountKind, Lot, LotDraw, SourceKind, Transfer, TransferKind
from app.points import InsufficientPointsError, Posting
from tests.points_town import Town, build_town
from tests.points_world import rows, standing, write_rule


def crossing(town: Town, amount: int) -> Posting:
    debit_id, credit_id = town.accounts
    return Posting(
        area_code=town.code,
        debit_id=debit_id,
        credit_id=credit_id,
        amount=amount,
        kind=TransferKind.CORRECT,
        source_kind=SourceKind.CORRECTION,
        source_id=new_id(),
        at=now(),
    )


def lots(town: Town, number: int) -> list[tuple[date, int, int]]:
    query = select(Lot).where(Lot.account_id == town.accounts[number]).order_by(Lot.use_by, Lot.id)
    found = town.session.scalars(query.execution_options(populate_existing=True))
    return [(lot.use_by, lot.amount, lot.remaining) for lot in found]


def test_an_award_writes_transfer_balance_and_lot(town: Town) -> None:
    at = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    posted = town.award(0, 5, at=at, note="好事")
    transfer = town.session.get_one(Transfer, posted.id)

    assert (posted.made, posted.debit_balance, posted.credit_balance) == (True, None, 5)
    assert standing(town.session, town.accounts[0]) == (5, 0)
    assert lots(town, 0) == [(date(2028, 12, 31), 5, 5)]
    assert (transfer.number, transfer.amount, transfer.note, transfer.at) == (posted.number, 5, "好事", at)
    assert transfer.debit_id == town.system(AccountKind.ISSUANCE)


def test_an_award_is_one_statement(town: Town) -> None:
    account_id, issuance_id = town.accounts[0], town.system(AccountKind.ISSUANCE)
    connection = town.session.connection()
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    sent: list[object] = []

    class Counting(psycopg.Cursor[Any]):
        def execute(self, query: Any, *rest: Any, **more: Any) -> "Counting":
            sent.append(query)
            super().execute(query, *rest, **more)
            return self

    before, driver.cursor_factory = driver.cursor_factory, Counting
    connection.info.clear()  # where the ledger keeps its cursor
    try:
        posting = Posting(
            area_code=town.code,
            debit_id=issuance_id,
            credit_id=account_id,
            amount=1,
            kind=TransferKind.AWARD,
            source_kind=SourceKind.CORRECTION,
            source_id=new_id(),
            at=now(),
        )
        points.post(town.session, posting)
    finally:
        driver.cursor_factory = before
        connection.info.clear()

    assert len(sent) == 1


def test_the_same_source_again_is_the_first_transfer(town: Town) -> None:
    source_id = new_id()
    first = town.award(0, 5, source_id=source_id)
    again = town.award(0, 5, source_id=source_id, note="补记", by_id=None)

    assert again == first._replace(made=False)
    assert standing(town.session, town.accounts[0]) == (5, 0)
    assert rows(town.session, Transfer, source_id=source_id) == 1


def test_a_spend_again_is_the_first_one_though_the_points_are_gone(town: Town) -> None:
    town.award(0, 5)
    source_id = new_id()
    first = town.redeem(0, 5, source_id=source_id)

    assert town.redeem(0, 5, source_id=source_id) == first._replace(made=False)
    assert standing(town.session, town.accounts[0]) == (0, 0)


@pytest.mark.parametrize(
    "other",
    [
        lambda town, source_id: town.award(0, 6, source_id=source_id),
        lambda town, source_id: town.award(1, 5, source_id=source_id),
        lambda town, source_id: town.award(0, 5, source_id=source_id, resident_id=town.residents[0].id),
    ],
    ids=["points", "household", "resident"],
)
def test_the_same_source_for_something_else_is_refused(
    town: Town, other: Callable[[Town, UUID], object]
) -> None:
    source_id = new_id()
    town.award(0, 5, source_id=source_id)

    with pytest.raises(OtherContentError):
        other(town, source_id)

    assert [standing(town.session, account_id) for account_id in town.accounts] == [(5, 0), (0, 0)]


def test_the_same_id_for_another_source_is_refused(town: Town) -> None:
    first = town.award(0, 5)

    with pytest.raises(OtherContentError):
        town.award(0, 5, id=first.id)


def test_an_id_and_a_source_of_two_transfers_are_refused(town: Town) -> None:
    sources = [new_id(), new_id()]
    one, other = (town.award(0, 5, source_id=source_id) for source_id in sources)

    for transfer, source_id in ((one, sources[1]), (other, sources[0])):
        with pytest.raises(OtherContentError):
            town.award(0, 5, id=transfer.id, source_id=source_id)


def test_a_source_again_is_the_first_of_its_kind(town: Town) -> None:
    source_id = new_id()
    gained = town.award(0, 5, source_id=source_id)
    spent = town.redeem(0, 5, source_id=source_id)

    assert town.award(0, 5, source_id=source_id) == gained._replace(made=False)
    assert town.redeem(0, 5, source_id=source_id) == spent._replace(made=False)


def test_the_same_source_under_another_rule_is_refused(town: Town) -> None:
    source_id, rule = new_id(), write_rule(town.session, town.code)
    town.award(0, 5, source_id=source_id)

    with pytest.raises(OtherContentError):
        town.award(0, 5, source_id=source_id, rule_id=rule.id)


def test_points_come_from_the_issuance_account_only(town: Town) -> None:
    with pytest.raises(AssertionError, match="from issuance to a household"):
        town.award(0, 5, debit_id=town.system(AccountKind.REDEEMED))
    assert standing(town.session, town.accounts[0]) == (0, 0)


def test_too_few_points_are_refused_and_the_transaction_goes_on(town: Town) -> None:
    town.award(0, 5)

    with pytest.raises(InsufficientPointsError) as refusal:
        town.redeem(0, 6)

    assert refusal.value.data == {"available": 5, "needed": 6}
    assert rows(town.session, Transfer, area_code=town.code) == 1
    assert town.redeem(0, 5).debit_balance == 0


def test_held_points_are_spent_only_by_settling(town: Town) -> None:
    town.award(0, 5)
    points.hold(town.session, town.accounts[0], 3)

    with pytest.raises(InsufficientPointsError) as refusal:
        town.redeem(0, 3)
    settled = town.redeem(0, 3, settling=True)

    assert refusal.value.data == {"available": 2, "needed": 3}
    assert settled.debit_balance == 2
    assert standing(town.session, town.accounts[0]) == (2, 0)


def test_no_more_is_settled_than_was_held(town: Town) -> None:
    town.award(0, 5)
    points.hold(town.session, town.accounts[0], 1)

    with pytest.raises(InsufficientPointsError) as refusal:
        town.redeem(0, 2, settling=True)

    assert refusal.value.data == {"available": 1, "needed": 2}
    assert standing(town.session, town.accounts[0]) == (5, 1)


def test_points_are_held_and_released(town: Town) -> None:
    town.award(0, 5)
    account_id = town.accounts[0]

    assert points.hold(town.session, account_id, 4).available == 1
    with pytest.raises(InsufficientPointsError) as refusal:
        points.hold(town.session, account_id, 2)
    assert refusal.value.data == {"available": 1, "needed": 2}
    assert points.release(town.session, account_id, 4).available == 5
    with pytest.raises(AssertionError, match="than were held"):
        points.release(town.session, account_id, 1)
    assert points.hold(town.session, account_id, 5).available == 0, "all of it"


def test_the_oldest_lots_are_drawn_first(town: Town) -> None:
    town.award(0, 5, use_by=date(2027, 6, 30))
    early = town.award(0, 3, use_by=date(2027, 1, 31))
    spent = town.redeem(0, 4)
    draws = town.session.scalars(
        select(LotDraw).where(LotDraw.transfer_id == spent.id).order_by(LotDraw.amount)
    ).all()

    assert lots(town, 0) == [(date(2027, 1, 31), 3, 0), (date(2027, 6, 30), 5, 4)]
    assert [draw.amount for draw in draws] == [1, 3]
    assert draws[1].lot_id == early.id


def test_points_between_households_leave_one_and_reach_the_other(town: Town) -> None:
    town.award(0, 5)
    moved = points.post(town.session, crossing(town, 2))

    assert (moved.debit_balance, moved.credit_balance) == (3, 2)
    assert [standing(town.session, account_id) for account_id in town.accounts] == [(3, 0), (2, 0)]
    assert [sum(lot[2] for lot in lots(town, number)) for number in (0, 1)] == [3, 2]


def test_points_never_leave_their_community(town: Town) -> None:
    other = build_town(town.session)

    with pytest.raises(AssertionError, match="from issuance to a household"):
        town.award(0, 5, debit_id=other.system(AccountKind.ISSUANCE))
    with pytest.raises(AssertionError, match="from issuance to a household"):
        town.award(0, 5, credit_id=other.accounts[0])
    town.award(0, 5)
    other.award(0, 5)
    with pytest.raises(AssertionError, match="are its accounts the community's"):
        town.redeem(0, 5, credit_id=other.system(AccountKind.REDEEMED))
    with pytest.raises(AssertionError, match="are its accounts the community's"):
        town.redeem(0, 5, debit_id=other.accounts[0])
    assert standing(town.session, town.accounts[0]) == standing(town.session, other.accounts[0]) == (5, 0)


def test_numbers_follow_the_order_of_posting(town: Town) -> None:
    numbers = [town.award(0, 1).number, town.award(1, 1).number, town.redeem(0, 1).number]

    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfers SET amount = amount + 1",
        "DELETE FROM transfers",
        "TRUNCATE transfers CASCADE",
        "UPDATE lot_draws SET amount = amount + 1",
        "DELETE FROM stock_movements",
        "DELETE FROM claim_events",
    ],
)
def test_history_refuses_change(town: Town, statement: str) -> None:
    town.award(0, 5)
    town.redeem(0, 1)

    with pytest.raises(IntegrityError, match="is append-only"), town.session.begin_nested():
        town.session.execute(text(statement))


def test_accounts_are_made_once(town: Town) -> None:
    ids = [town.accounts[0], town.system(AccountKind.REDEEMED)]

    assert [town.accounts[0], town.system(AccountKind.REDEEMED)] == ids
    assert UUID(str(ids[0])) != ids[1]


def test_a_broken_connection_is_told_as_sqlalchemy_tells_it(engine: Engine) -> None:
    with Session(engine) as session, engine.connect() as other:
        _ask_the_ledger(session)
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:pid, 1000)"), {"pid": pid})

        with pytest.raises(OperationalError):
            points.lock(session, new_id())
        session.rollback()

        _ask_the_ledger(session)


def _ask_the_ledger(session: Session) -> None:
    """Let it run a statement on the session's connection: here it finds no account."""
    with pytest.raises(AssertionError, match="no household's account has this id"):
        points.lock(session, new_id())
