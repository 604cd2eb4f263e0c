"""Postings at the same moment, on connections of their own, that really commit."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import points
from app.clock import now
from app.config import Settings
from app.ids import new_id
from app.models import Account, AccountKind, SourceKind, Transfer, TransferKind
from app.points import InsufficientPointsError, Posted, Posting
from tests.points_town import award_to
from tests.points_world import rows, standing
from tests.races.points_races import CLIENTS, Place, raced, split


@pytest.fixture
def place(settings: Settings) -> Iterator[Place]:
    """Give a community of two households."""
    with raced(settings.database_url, households=2) as made:
        yield made


def move(session: Session, place: Place, debit_id: UUID, credit_id: UUID, amount: int, **more: Any) -> Posted:
    values: dict[str, Any] = {
        "area_code": place.code,
        "debit_id": debit_id,
        "credit_id": credit_id,
        "amount": amount,
        "kind": TransferKind.CORRECT,
        "source_kind": SourceKind.CORRECTION,
        "source_id": new_id(),
        "at": now(),
        **more,
    }
    return points.post(session, Posting(**values))


def awarded(place: Place, *amounts: int) -> None:
    """Give points to the households, and commit."""
    for account_id, amount in zip(place.accounts, amounts, strict=True):
        if amount:
            place.run(partial(award_to, account_id=account_id, amount=amount))


def test_one_source_thirty_times_is_one_transfer(place: Place) -> None:
    source_id = new_id()
    results = place.race(
        [partial(award_to, account_id=place.accounts[0], amount=5, source_id=source_id)] * CLIENTS
    )
    posted, refusals = split(results)

    assert refusals == []
    assert sorted(one.made for one in posted) == [False] * (CLIENTS - 1) + [True]
    assert {one.id for one in posted} == {posted[0].id}
    assert standing(place.fresh(), place.accounts[0]) == (5, 0)
    assert rows(place.fresh(), Transfer, area_code=place.code) == 1


def test_one_id_thirty_times_is_one_transfer(place: Place) -> None:
    transfer_id, source_id = new_id(), new_id()
    award = partial(award_to, account_id=place.accounts[0], amount=5, id=transfer_id, source_id=source_id)
    posted, refusals = split(place.race([award] * CLIENTS))

    assert refusals == []
    assert sum(one.made for one in posted) == 1
    assert rows(place.fresh(), Transfer, id=transfer_id) == 1


def test_one_spend_thirty_times_is_one_transfer(place: Place) -> None:
    awarded(place, 5, 0)
    source_id = new_id()
    spend = partial(
        move,
        place=place,
        debit_id=place.accounts[0],
        credit_id=place.accounts[1],
        amount=5,
        source_id=source_id,
    )
    posted, refusals = split(place.race([spend] * CLIENTS))

    assert refusals == []
    assert sum(one.made for one in posted) == 1
    assert [standing(place.fresh(), one) for one in place.accounts] == [(0, 0), (5, 0)]
    assert place.agrees()


def test_one_source_awarded_to_two_households_at_once_is_awarded_to_one(place: Place) -> None:
    source_id = new_id()
    awards: list[Callable[[Session], Posted]] = [
        partial(award_to, account_id=account_id, amount=5, source_id=source_id)
        for account_id in place.accounts * (CLIENTS // 2)
    ]
    posted, refusals = split(place.race(awards))

    assert sum(one.made for one in posted) == 1
    assert {refusal.code for refusal in refusals} == {"other_content"}
    assert len(refusals) == CLIENTS // 2
    assert sorted(standing(place.fresh(), one) for one in place.accounts) == [(0, 0), (5, 0)]


def test_two_hundred_crossing_transfers_neither_deadlock_nor_lose_a_point(place: Place) -> None:
    awarded(place, 300, 300)
    one, other = place.accounts
    pairs = [(one, other), (other, one)] * 100

    def cross(pair: tuple[UUID, UUID]) -> object:
        return place.run(partial(move, place=place, debit_id=pair[0], credit_id=pair[1], amount=1))

    with ThreadPoolExecutor(CLIENTS) as pool:
        results = list(pool.map(cross, pairs, timeout=120))

    assert [type(result) for result in results] == [Posted] * 200
    assert [standing(place.fresh(), account_id) for account_id in place.accounts] == [(300, 0), (300, 0)]
    assert place.agrees()


@pytest.mark.parametrize("balance", [1, 5])
def test_the_last_points_are_spent_once(place: Place, balance: int) -> None:
    awarded(place, balance, 0)
    spend = partial(move, place=place, debit_id=place.accounts[0], credit_id=place.accounts[1], amount=1)
    posted, refusals = split(place.race([spend] * CLIENTS))

    assert len(posted) == balance
    assert sorted(one.debit_balance for one in posted if one.debit_balance is not None) == list(
        range(balance)
    )
    assert [type(refusal) for refusal in refusals] == [InsufficientPointsError] * (CLIENTS - balance)
    assert {refusal.data["available"] for refusal in refusals} == {0}
    assert standing(place.fresh(), place.accounts[0]) == (0, 0)
    assert place.agrees()


def test_the_last_point_is_held_once(place: Place) -> None:
    awarded(place, 1, 0)
    held, refusals = split(
        place.race([partial(points.hold, account_id=place.accounts[0], amount=1)] * CLIENTS)
    )

    assert (len(held), len(refusals)) == (1, CLIENTS - 1)
    assert standing(place.fresh(), place.accounts[0]) == (1, 1)


def test_awards_at_once_chain_without_a_gap(place: Place) -> None:
    posted, _ = split(place.race([partial(award_to, account_id=place.accounts[0], amount=2)] * CLIENTS))
    chain = sorted(posted, key=lambda one: one.number)

    assert [one.credit_balance for one in chain] == [2 * place_in for place_in in range(1, CLIENTS + 1)]
    assert place.agrees()


def test_an_account_needed_by_all_at_once_is_made_once(place: Place) -> None:
    make = partial(points.system_account, area_code=place.code, kind=AccountKind.EXPIRED)
    ids, _ = split(place.race([make] * CLIENTS))
    made = place.fresh().scalar(
        select(func.count()).where(Account.area_code == place.code, Account.kind == AccountKind.EXPIRED)
    )

    assert len(set(ids)) == 1
    assert made == 1
