"""Playing points and the shop through the product's own verbs, at the moments the history tells of."""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, points
from app.actors import Actor, Role, Scope, community_of
from app.cli.seed import facts
from app.cli.seed.history import History
from app.cli.seed.ids import id_at, named
from app.cli.seed.rows import Row
from app.cli.seed.site import SITES
from app.errors import DomainError
from app.models import Account, AccountKind, SourceKind, TransferKind

_SHOPS_AFTER_AWARD = 0.16
_SHOPPING_DAYS = 25
_COLLECTED, _CANCELLED = 0.55, 0.09
_WAITING_DAYS = 6
"""An order younger than this may still wait at the counter."""
_DELIVERIES = 4
Event = tuple[datetime, int, str, Any]


class Play:
    """The year's postings and orders in the order of time."""

    def __init__(self, session: Session, history: History) -> None:
        self._session = session
        self._history = history
        self._rng: Random = history.rng("play")
        self._accounts: dict[UUID, UUID] = {}
        self._spendable: dict[UUID, int] = {}
        self._turn = count()
        self._events: list[Event] = []

    def all(self) -> None:
        """Post every claim of the history, let households shop, and let most of them collect."""
        self._open_accounts()
        for at in self._delivery_days():
            self._later(at, "deliver", None)
        for at, claim in self._history.posted:
            self._later(at, "award", claim)
        while self._events:
            at, _, what, thing = heapq.heappop(self._events)
            with clock.set_to(at):
                getattr(self, f"_{what}")(at, thing)

    def _open_accounts(self) -> None:
        rows = [
            Account(
                id=named("account", household_id),
                area_code=community_of(members[0].area_code),
                kind=AccountKind.HOUSEHOLD,
                household_id=household_id,
            )
            for household_id, members in self._history.world.households.items()
        ]
        self._session.add_all(rows)
        for site in SITES:
            for kind in AccountKind:
                if kind is not AccountKind.HOUSEHOLD:
                    points.system_account(self._session, site.code, kind)
        self._session.flush()
        found = self._session.execute(select(Account.household_id, Account.id)).tuples()
        self._accounts = {household_id: account_id for household_id, account_id in found if household_id}

    def _delivery_days(self) -> Iterator[datetime]:
        days = (self._history.last - self._history.first).days
        for number in range(_DELIVERIES):
            day = self._history.first + timedelta(days=number * days // _DELIVERIES)
            yield self._history.hours.during(self._rng, self._history.hours.workday(day))

    def _later(self, at: datetime, what: str, thing: Any) -> None:
        if at < self._history.until:
            heapq.heappush(self._events, (at, next(self._turn), what, thing))

    def _deliver(self, at: datetime, _: None) -> None:
        for site in SITES:
            admin = self._staff(Role.COMMUNITY_ADMIN, site.code)
            for goods in facts.goods():
                reward_id = named("reward", f"{site.code} {goods.code}")
                points.deliver(self._session, admin, reward_id, goods.stock, delivery_id=id_at(self._rng, at))

    def _award(self, at: datetime, claim: Row) -> None:
        household_id, community = claim["household_id"], community_of(claim["area_code"])
        posting = points.Posting(
            area_code=community,
            debit_id=points.system_account(self._session, community, AccountKind.ISSUANCE),
            credit_id=self._accounts[household_id],
            amount=claim["points"],
            kind=TransferKind.AWARD,
            source_kind=SourceKind.CLAIM,
            source_id=claim["id"],
            at=at,
            id=id_at(self._rng, at),
            rule_id=claim["rule_id"],
            resident_id=claim["resident_id"],
            by_id=claim["approved_by"],
        )
        points.post(self._session, posting)
        self._spendable[household_id] = self._spendable.get(household_id, 0) + claim["points"]
        if self._rng.random() < _SHOPS_AFTER_AWARD:
            day = clock.business_day(at) + timedelta(days=self._rng.randrange(1, _SHOPPING_DAYS))
            self._later(self._history.hours.evening(self._rng, day), "order", household_id)

    def _order(self, at: datetime, household_id: UUID) -> None:
        head = self._history.world.households[household_id][0]
        community, has = community_of(head.area_code), self._spendable[household_id]
        choice = [goods for goods in facts.goods() if goods.price <= has]
        if not choice:
            return
        goods = self._rng.choice(choice)
        lead = self._staff(Role.BUILDING_LEAD, head.area_code)
        actor = lead
        if head.user_id is not None:
            actor = Actor(user_id=head.user_id, household_id=household_id, scope=Scope((), household_id))
        redemption_id = id_at(self._rng, at)
        wanted = points.Order(named("reward", f"{community} {goods.code}"), 1, household_id)
        try:
            with self._session.begin_nested():
                made, _ = points.order(self._session, actor, redemption_id, wanted)
        except DomainError:
            return
        self._spendable[household_id] -= made.points
        luck, day = self._rng.random(), clock.business_day(at) + timedelta(days=self._rng.randrange(1, 5))
        when = self._history.hours.during(self._rng, self._history.hours.workday(day))
        if luck < _COLLECTED or (self._history.days_ago(at) > _WAITING_DAYS and luck < 1 - _CANCELLED):
            self._later(when, "collect", (redemption_id, actor, head.area_code))
        elif self._history.days_ago(at) > _WAITING_DAYS or luck > 1 - _CANCELLED / 2:
            self._later(when, "cancel", (redemption_id, actor, household_id, made.points))

    def _collect(self, _: datetime, order: tuple[UUID, Actor, str]) -> None:
        redemption_id, actor, area_code = order
        shown = points.show_code(self._session, actor, redemption_id)
        clerk = self._staff(Role.SHOP_CLERK, area_code)
        points.hand_over(self._session, clerk, redemption_id, shown.code)

    def _cancel(self, _: datetime, order: tuple[UUID, Actor, UUID, int]) -> None:
        redemption_id, actor, household_id, released = order
        points.cancel(self._session, actor, redemption_id)
        self._spendable[household_id] += released

    def _staff(self, role: Role, area_code: str) -> Actor:
        user_id = self._history.world.holders(role, area_code)[0]
        return Actor(user_id=user_id, scope=Scope((community_of(area_code),)))
