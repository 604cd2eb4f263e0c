"""Points and goods of the year: accounts, awards, deliveries, and what households take home."""

import heapq
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from uuid import UUID

from app.actors import Role, community_of
from app.cli.seed import facts
from app.cli.seed.history import History
from app.cli.seed.ids import id_at, named
from app.cli.seed.rows import Row
from app.cli.seed.site import SITES
from app.cli.seed.world import SeedResident
from app.clock import business_day
from app.models import (
    Account,
    AccountKind,
    Redemption,
    RedemptionStatus,
    Reward,
    SourceKind,
    StockMovement,
    StockReason,
    TransferKind,
)
from app.points import Posting

_SHOPS_AFTER_AWARD = 0.28
"""Share of awards after which the household goes shopping, within so many days."""
_SHOPPING_DAYS = 25
_COLLECTED_SOON, _CANCELLED, _TWO_PIECES = 0.5, 0.08, 0.15
_WAITING_DAYS = 9
"""An order younger than this may still wait at the counter."""
_COLLECTED_WITHIN_DAYS = 5
_DELIVERIES = 6
"""In a year; each fills the shelves again."""


@dataclass(frozen=True)
class _Basket:
    """Goods a household has ordered."""

    row: Row
    goods: facts.Goods
    head: SeedResident


@dataclass
class _Shop:
    """Both shops at a moment of the year, and what is still to happen in them."""

    history: History
    rng: Random
    spendable: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    taken: dict[tuple[UUID, str, date], int] = field(default_factory=lambda: defaultdict(int))
    """Pieces by household, goods and month."""
    rewards: dict[UUID, Row] = field(default_factory=dict)
    agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    turn: "count[int]" = field(default_factory=count)

    def later(self, at: datetime, happen: Callable[[datetime], None]) -> None:
        """Put something on the agenda, unless the history ends before."""
        if at < self.history.until:
            heapq.heappush(self.agenda, (at, next(self.turn), happen))

    def live(self) -> None:
        """Let everything on the agenda happen, in the order of time."""
        while self.agenda:
            at, _, happen = heapq.heappop(self.agenda)
            happen(at)

    def deliver(self, at: datetime) -> None:
        """Fill the shelves of both shops."""
        for site in SITES:
            admin = self.history.world.admin(site.code)
            for goods in facts.goods():
                missing = goods.stock - self._reward(site.code, goods)["stock"]
                if missing:
                    self._move(site.code, goods, missing, StockReason.DELIVERY, at, by=admin)

    def award(self, claim: Row, at: datetime) -> None:
        """Post a claim; sometimes the household then goes shopping."""
        household_id, community = claim["household_id"], community_of(claim["area_code"])
        self.history.postings.append(
            Posting(
                area_code=community,
                debit_id=_system_account(community, AccountKind.ISSUANCE),
                credit_id=account_of(household_id),
                amount=claim["points"],
                kind=TransferKind.AWARD,
                source_kind=SourceKind.CLAIM,
                source_id=claim["id"],
                at=at,
                id=id_at(self.rng, at),
                rule_id=claim["rule_id"],
                resident_id=claim["resident_id"],
                by_id=claim["approved_by"],
            )
        )
        self.spendable[household_id] += claim["points"]
        if self.rng.random() < _SHOPS_AFTER_AWARD:
            day = business_day(at) + timedelta(days=self.rng.randrange(1, _SHOPPING_DAYS))
            self.later(self.history.hours.evening(self.rng, day), partial(self.order, household_id))

    def order(self, household_id: UUID, at: datetime) -> None:
        """Order something that the household can afford and may have, the dearer the likelier."""
        head = self.history.world.households[household_id][0]
        community, has, month = community_of(head.area_code), self.spendable[household_id], _month(at)
        choice = [
            goods
            for goods in facts.goods()
            if goods.price <= has
            and self.taken[household_id, goods.code, month] < goods.limit_per_month
            and self._reward(community, goods)["stock"] > 0
        ]
        if not choice:
            return
        goods = self.rng.choices(choice, [one.price for one in choice])[0]
        quantity = 2 if self.rng.random() < _TWO_PIECES and self._has_two(household_id, goods, at) else 1
        maker = head.user_id or self.history.world.holders(Role.BUILDING_LEAD, head.area_code)[0]
        redemption_id = id_at(self.rng, at)
        row = self.history.rows.add(
            Redemption,
            id=redemption_id,
            area_code=head.area_code,
            household_id=household_id,
            reward_id=self._reward(community, goods)["id"],
            quantity=quantity,
            points=goods.price * quantity,
            status=RedemptionStatus.HELD,
            content_hash=redemption_id.bytes,
            made_by=maker,
            made_at=at,
            pickup_version=0,
            pickup_hash=None,
            pickup_until=None,
            ended_by=None,
            ended_at=None,
        )
        self.spendable[household_id] -= row["points"]
        self.taken[household_id, goods.code, month] += quantity
        self._move(community, goods, -quantity, StockReason.ORDER, at, by=maker, redemption_id=redemption_id)
        self._plan_end(_Basket(row, goods, head), at)

    def collect(self, basket: _Basket, at: datetime) -> None:
        """Hand the goods over, for the points."""
        row, community = basket.row, community_of(basket.head.area_code)
        clerk = self.history.world.holders(Role.SHOP_CLERK, community)[0]
        row.update(
            status=RedemptionStatus.COLLECTED,
            ended_by=clerk,
            ended_at=at,
            pickup_version=1,
            pickup_hash=self.rng.randbytes(32),
        )
        self.history.postings.append(
            Posting(
                area_code=community,
                debit_id=account_of(row["household_id"]),
                credit_id=_system_account(community, AccountKind.REDEEMED),
                amount=row["points"],
                kind=TransferKind.REDEEM,
                source_kind=SourceKind.REDEMPTION,
                source_id=row["id"],
                at=at,
                id=id_at(self.rng, at),
                by_id=clerk,
                note=f"{basket.goods.name}×{row['quantity']}",
            )
        )

    def cancel(self, basket: _Basket, at: datetime) -> None:
        """Give the goods up: points and stock are free again."""
        row, goods = basket.row, basket.goods
        row.update(status=RedemptionStatus.CANCELLED, ended_by=row["made_by"], ended_at=at)
        self.spendable[row["household_id"]] += row["points"]
        self.taken[row["household_id"], goods.code, _month(row["made_at"])] -= row["quantity"]
        community = community_of(basket.head.area_code)
        change, maker = row["quantity"], row["made_by"]
        self._move(community, goods, change, StockReason.CANCEL, at, by=maker, redemption_id=row["id"])

    def _plan_end(self, basket: _Basket, ordered_at: datetime) -> None:
        """Let the goods be collected or given up on one of the next days; of the last days some wait."""
        hours, luck = self.history.hours, self.rng.random()
        day = business_day(ordered_at) + timedelta(days=self.rng.randint(1, _COLLECTED_WITHIN_DAYS))
        at = hours.during(self.rng, hours.workday(day))
        old = self.history.days_ago(ordered_at) > _WAITING_DAYS
        if luck < _CANCELLED:
            self.later(at, partial(self.cancel, basket))
        elif old or luck < _COLLECTED_SOON:
            self.later(at, partial(self.collect, basket))

    def _has_two(self, household_id: UUID, goods: facts.Goods, at: datetime) -> bool:
        community = community_of(self.history.world.households[household_id][0].area_code)
        return (
            self.spendable[household_id] >= 2 * goods.price
            and self.taken[household_id, goods.code, _month(at)] + 2 <= goods.limit_per_month
            and bool(self._reward(community, goods)["stock"] > 1)
        )

    def _reward(self, community: str, goods: facts.Goods) -> Row:
        return self.rewards[named("reward", f"{community} {goods.code}")]

    def _move(
        self,
        community: str,
        goods: facts.Goods,
        change: int,
        reason: StockReason,
        at: datetime,
        *,
        by: UUID,
        redemption_id: UUID | None = None,
    ) -> None:
        """Change the stock together with its movement."""
        reward = self._reward(community, goods)
        reward["stock"] += change
        self.history.rows.add(
            StockMovement,
            id=id_at(self.rng, at),
            area_code=community,
            reward_id=reward["id"],
            change=change,
            reason=reason,
            redemption_id=redemption_id,
            by_id=by,
            at=at,
        )


def add_shop(history: History) -> None:
    """Open the accounts, and tell what was earned and what was taken home for it."""
    _open_accounts(history)
    rewards = {row["id"]: row for row in history.rows.of(Reward)}
    shop = _Shop(history, history.rng("shop"), rewards=rewards)
    days = (history.last - history.first).days
    for number in range(_DELIVERIES):
        day = history.hours.workday(history.first + timedelta(days=number * days // _DELIVERIES))
        shop.later(history.hours.during(shop.rng, day), shop.deliver)
    for at, claim in history.posted:
        shop.later(at, partial(shop.award, claim))
    shop.live()
    history.holds += [
        (account_of(row["household_id"]), row["points"])
        for row in history.rows.of(Redemption)
        if row["status"] is RedemptionStatus.HELD
    ]


def _open_accounts(history: History) -> None:
    for household_id, members in history.world.households.items():
        history.rows.add(
            Account,
            id=account_of(household_id),
            area_code=community_of(members[0].area_code),
            kind=AccountKind.HOUSEHOLD,
            household_id=household_id,
        )
    for site in SITES:
        for kind in AccountKind:
            if kind is not AccountKind.HOUSEHOLD:
                account_id = _system_account(site.code, kind)
                history.rows.add(Account, id=account_id, area_code=site.code, kind=kind, household_id=None)


def account_of(household_id: UUID) -> UUID:
    """Give the account of a household."""
    return named("account", household_id)


def _system_account(community: str, kind: AccountKind) -> UUID:
    return named("account", f"{community} {kind}")


def _month(at: datetime) -> date:
    return business_day(at).replace(day=1)
