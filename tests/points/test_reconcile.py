"""The reconciliation is silent over an honest history, and names each row that was tampered with by one."""

import random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app import points
from app.actors import Actor, Role
from app.ids import new_id
from app.models import Claim, ClaimStatus, Redemption, RedemptionStatus, Reward
from app.points import InsufficientPointsError, OutOfStockError
from tests.points_town import Town
from tests.points_world import write_reward, write_rule


@pytest.fixture
def lived_in(town: Town) -> Town:
    """Give a community after a random, honest history."""
    rng = random.Random(7)
    rule = write_rule(town.session, town.code, points_max=9)
    reward = write_reward(town.session, town.code, stock=12)
    lead = town.lead()
    for _ in range(60):
        number = rng.randrange(2)
        try:
            with town.session.begin_nested():
                _live(town, lead, rng, number, rule, reward)
        except (InsufficientPointsError, OutOfStockError):
            continue
    return town


def _live(town: Town, lead: Actor, rng: random.Random, number: int, rule: Any, reward: Reward) -> None:
    session, actor = town.session, town.actor()
    if rng.random() < 0.5:
        claim = town.verified_claim(rule, number, points=rng.randint(2, 9))
        if rng.random() < 0.9:
            points.approve(session, actor, claim.id, new_id())
        return
    order = points.Order(reward.id, rng.randint(1, 2), town.households[number].id)
    redemption, _ = points.order(session, actor, points_id(rng), order)
    fate = rng.random()
    if fate < 0.4:
        shown = points.show_code(session, lead, b"test", redemption.id, version=0)
        points.hand_over(session, town.actor(Role.SHOP_CLERK, "clerk"), redemption.id, shown.code)
    elif fate < 0.6:
        points.cancel(session, actor, redemption.id)


def points_id(rng: random.Random) -> UUID:
    """Give an id of the test's own randomness."""
    return UUID(int=rng.getrandbits(128), version=4)


def tamper(town: Town, statement: str, **values: Any) -> None:
    """Change a row behind everybody's back."""
    session = town.session
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = replica"))
    assert session.execute(text(statement), {"code": town.code, **values}).rowcount >= 1  # type: ignore[attr-defined]
    session.execute(text("SET LOCAL session_replication_role = origin"))


def one(town: Town, query: str) -> UUID:
    """Give the first row's id of a query."""
    found = town.session.execute(text(query), {"code": town.code}).first()
    assert found is not None, "the history has no such row"
    return UUID(str(found[0]))


def test_an_honest_history_agrees(lived_in: Town) -> None:
    session = lived_in.session
    claims = session.scalars(select(Claim.status).where(Claim.area_code == lived_in.code)).all()
    orders = session.scalars(select(Redemption.status).where(Redemption.area_code == lived_in.code)).all()

    assert {ClaimStatus.POSTED, ClaimStatus.VERIFIED} == set(claims)
    assert set(RedemptionStatus) == set(orders)
    assert points.reconcile(session) == []
    assert points.reconcile(session, lived_in.code) == []


_AWARD = "SELECT id FROM transfers WHERE area_code = :code AND kind = 'award' ORDER BY number LIMIT 1"
_REDEEM = "SELECT id FROM transfers WHERE area_code = :code AND kind = 'redeem' ORDER BY number LIMIT 1"
_ACCOUNT = """
    SELECT id FROM accounts WHERE area_code = :code AND kind = 'household' ORDER BY balance - held DESC
"""
_LOT = """
    SELECT l.id FROM lots l JOIN accounts a ON a.id = l.account_id
    WHERE a.area_code = :code AND l.remaining BETWEEN 1 AND l.amount - 1
"""
_DRAW = """
    SELECT t.id FROM lot_draws d JOIN transfers t ON t.id = d.transfer_id
    WHERE t.area_code = :code GROUP BY t.id HAVING count(*) = 1 ORDER BY t.id LIMIT 1
"""
_CLAIM = "SELECT id FROM claims WHERE area_code = :code AND status = 'posted' LIMIT 1"
_COLLECTED = "SELECT id FROM redemptions WHERE area_code = :code AND status = 'collected' LIMIT 1"
_REWARD = "SELECT id FROM rewards WHERE area_code = :code"

TAMPERINGS = {
    "balance": (_ACCOUNT, "UPDATE accounts SET balance = balance + 1 WHERE id = :id", {"balance"}),
    "held": (_ACCOUNT, "UPDATE accounts SET held = held + 1 WHERE id = :id", {"held"}),
    "transfer": (
        _AWARD,
        "UPDATE transfers SET amount = amount + 1 WHERE id = :id",
        {"running_balance", "lot_granted"},
    ),
    "spent transfer": (_REDEEM, "UPDATE transfers SET amount = amount - 1 WHERE id = :id", {"drawn"}),
    "running balance": (
        _AWARD,
        "UPDATE transfers SET credit_balance = credit_balance + 1 WHERE id = :id",
        {"running_balance"},
    ),
    "stray": (_AWARD, "UPDATE transfers SET rule_id = debit_id WHERE id = :id", {"stray"}),
    "lot": (_LOT, "UPDATE lots SET amount = amount + 1 WHERE id = :id", {"lot_remaining", "lot_granted"}),
    "remaining": (_LOT, "UPDATE lots SET remaining = remaining + 1 WHERE id = :id", {"lot_remaining"}),
    "lost lot": (_LOT, "DELETE FROM lots WHERE id = :id", set[str]()),
    "draw": (_DRAW, "UPDATE lot_draws SET amount = amount + 1 WHERE transfer_id = :id", {"drawn"}),
    "claim": (_CLAIM, "UPDATE claims SET points = points + 1 WHERE id = :id", {"claim_posted"}),
    "claim undone": (_CLAIM, "UPDATE claims SET status = 'verified' WHERE id = :id", set[str]()),
    "redemption": (
        _COLLECTED,
        "UPDATE redemptions SET points = points + 1 WHERE id = :id",
        {"redemption_settled"},
    ),
    "redemption undone": (
        _COLLECTED,
        "UPDATE redemptions SET status = 'cancelled' WHERE id = :id",
        set[str](),
    ),
    "stock": (_REWARD, "UPDATE rewards SET stock = stock + 1 WHERE id = :id", {"stock"}),
    "movement": (
        _REWARD,
        "UPDATE stock_movements SET change = change + 1 WHERE reward_id = :id AND reason = 'delivery'",
        {"stock"},
    ),
}
"""What is changed, and the codes of the findings that must name that very row."""
BESIDES = {
    "balance": {"community_sum", "lots_of_account"},
    "transfer": {"balance", "claim_posted", "community_sum"},
    "spent transfer": {"balance", "redemption_settled", "running_balance", "community_sum"},
    "remaining": {"lots_of_account"},
    "lost lot": {"lots_of_account", "lot_granted"},
    "draw": {"lot_remaining"},
    "claim undone": {"award_without_claim"},
    "redemption undone": {"redeemed_without_redemption"},
}
"""Findings that follow, about other rows."""


@pytest.mark.parametrize("name", TAMPERINGS)
def test_an_error_of_one_is_found_and_named(lived_in: Town, name: str) -> None:
    query, statement, codes = TAMPERINGS[name]
    row_id = one(lived_in, query)
    tamper(lived_in, statement, id=row_id)
    findings = points.reconcile(lived_in.session, lived_in.code)
    named = {finding.code for finding in findings if finding.row_id == str(row_id)}

    assert codes <= named
    assert {finding.code for finding in findings} - codes == BESIDES.get(name, set())
    assert points.reconcile(lived_in.session, "421224") == []


_HOLDING = "SELECT id FROM accounts WHERE area_code = :code AND kind = 'household' AND held > 0"
_DELIVERED = (
    "UPDATE stock_movements SET change = change + 1 "
    "WHERE id = (SELECT min(id::text)::uuid FROM stock_movements WHERE reward_id = :id)"
)
TOO_LITTLE = {
    "balance": (_ACCOUNT, "UPDATE accounts SET balance = balance - 1 WHERE id = :id"),
    "held": (_HOLDING, "UPDATE accounts SET held = held - 1 WHERE id = :id"),
    "lots_of_account": (_ACCOUNT, "UPDATE accounts SET balance = balance + 1 WHERE id = :id"),
    "lot_remaining": (_LOT, "UPDATE lots SET remaining = remaining - 1 WHERE id = :id"),
    "drawn": (_REDEEM, "UPDATE transfers SET amount = amount + 1 WHERE id = :id"),
    "stock": (_REWARD, _DELIVERED),
    "claim_posted": (_CLAIM, "DELETE FROM transfers WHERE source_id = :id"),
    "redemption_settled": (_COLLECTED, "DELETE FROM transfers WHERE source_id = :id"),
}
"""What is found too small, or is not there at all, by the code of the finding that must name the row."""


@pytest.mark.parametrize("code", TOO_LITTLE)
def test_too_little_is_found_as_well_as_too_much(lived_in: Town, code: str) -> None:
    query, statement = TOO_LITTLE[code]
    row_id = one(lived_in, query)
    tamper(lived_in, statement, id=row_id)
    findings = points.reconcile(lived_in.session, lived_in.code)

    assert (code, str(row_id)) in {(finding.code, finding.row_id) for finding in findings}


_ORDERED = (
    "DELETE FROM redemptions USING accounts a WHERE a.id = :id "
    "AND redemptions.household_id = a.household_id AND status = 'held'"
)
_NEVER_DELIVERED = (
    "WITH gone AS (DELETE FROM stock_movements WHERE reward_id = :id) "
    "UPDATE rewards SET stock = 5 WHERE id = :id"
)
ALL_GONE = {
    "balance": (_ACCOUNT, "DELETE FROM transfers WHERE :id IN (debit_id, credit_id)", "expected"),
    "held": (_HOLDING, _ORDERED, "expected"),
    "lots_of_account": (_ACCOUNT, "DELETE FROM lots WHERE account_id = :id", "found"),
    "drawn": (_DRAW, "DELETE FROM lot_draws WHERE transfer_id = :id", "found"),
    "stock": (_REWARD, _NEVER_DELIVERED, "expected"),
}
"""What loses all rows that it is computed from, and the side of the finding that has nothing to add up."""


@pytest.mark.parametrize("code", ALL_GONE)
def test_what_is_computed_from_nothing_is_nought(lived_in: Town, code: str) -> None:
    query, statement, side = ALL_GONE[code]
    row_id = one(lived_in, query)
    tamper(lived_in, statement, id=row_id)
    findings = {(one.code, one.row_id): one for one in points.reconcile(lived_in.session, lived_in.code)}

    assert getattr(findings[code, str(row_id)], side) == "0"


def test_of_a_lot_that_nothing_drew_on_all_remains(lived_in: Town) -> None:
    lot_id = one(lived_in, _LOT)
    amount = lived_in.session.scalar(text("SELECT amount FROM lots WHERE id = :id"), {"id": lot_id})
    tamper(lived_in, "DELETE FROM lot_draws WHERE lot_id = :id", id=lot_id)
    findings = {(one.code, one.row_id): one for one in points.reconcile(lived_in.session, lived_in.code)}

    assert findings["lot_remaining", str(lot_id)].expected == str(amount)


def test_a_finding_says_what_is_wrong_in_words(lived_in: Town) -> None:
    account_id = one(lived_in, _ACCOUNT)
    before = lived_in.session.scalar(text("SELECT balance FROM accounts WHERE id = :id"), {"id": account_id})
    assert before is not None
    tamper(lived_in, "UPDATE accounts SET balance = balance + 1 WHERE id = :id", id=account_id)
    finding = next(one for one in points.reconcile(lived_in.session) if one.code == "balance")

    assert (finding.table, finding.row_id) == ("accounts", str(account_id))
    assert (finding.expected, finding.found) == (str(before), str(before + 1))
    assert str(finding) == (
        f"accounts {account_id}: the balance is {before + 1}, its entries add up to {before} [balance]"
    )
