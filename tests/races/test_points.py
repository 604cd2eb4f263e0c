"""Claims and the shop at the same moment, on connections of their own, that really commit."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app import clock, points
from app.actors import Actor, Role
from app.clock import now
from app.config import Settings
from app.ids import new_id
from app.models import (
    CapOf,
    Claim,
    ClaimStatus,
    Period,
    Redemption,
    RedemptionStatus,
    Reward,
    StockMovement,
    Transfer,
)
from app.people import user_locked
from app.points import OutOfStockError, PickupCodeError
from tests.cast import person
from tests.points_town import award_to
from tests.points_world import rows, standing, stock_of, write_reward, write_rule
from tests.races.points_races import CLIENTS, Place, raced, split
from tests.races.together import one_inside_the_other

COPIES = 20


@pytest.fixture
def place(settings: Settings) -> Iterator[Place]:
    """Give a community of two households with 100 points each."""
    with raced(settings.database_url, households=2) as made:
        for account_id in made.accounts:
            made.run(partial(award_to, account_id=account_id, amount=100))
        yield made


def admin(place: Place, name: str = "admin") -> Actor:
    return replace(place.town.actor(), user_id=person(name).user_id)


def lead(place: Place) -> Actor:
    made = place.town.lead()
    place.town.session.commit()
    return made


def ordering(
    place: Place, reward: Reward, household_id: UUID, redemption_id: UUID | None = None
) -> Callable[[Session], Redemption]:
    """Give the order of one piece."""
    order = points.Order(reward.id, 1, household_id)

    def verb(session: Session) -> Redemption:
        return points.order(session, admin(place), redemption_id or new_id(), order)[0]

    return verb


def test_the_last_piece_goes_to_one_of_thirty_households(settings: Settings) -> None:
    with raced(settings.database_url, households=CLIENTS) as place:
        for account_id in place.accounts:
            place.run(partial(award_to, account_id=account_id, amount=3))
        reward = write_reward(place.fresh(), place.code, stock=1)
        orders, refusals = split(
            place.race([ordering(place, reward, household_id) for household_id in place.households])
        )

        assert len(orders) == 1
        assert [type(refusal) for refusal in refusals] == [OutOfStockError] * (CLIENTS - 1)
        assert stock_of(place.fresh(), reward) == 0
        held = [standing(place.fresh(), account_id) for account_id in place.accounts]
        assert sorted(held) == [(3, 0)] * (CLIENTS - 1) + [(3, 3)]
        assert place.agrees()


def test_one_order_twenty_times_holds_points_once(place: Place) -> None:
    reward = write_reward(place.fresh(), place.code, stock=5)
    order = ordering(place, reward, place.households[0], new_id())
    orders, refusals = split(place.race([order] * COPIES))

    assert (len(orders), refusals) == (COPIES, [])
    assert standing(place.fresh(), place.accounts[0]) == (100, 3)
    assert stock_of(place.fresh(), reward) == 4


def test_a_household_cannot_pass_its_monthly_limit_by_ordering_at_once(place: Place) -> None:
    reward = write_reward(place.fresh(), place.code, stock=20, limit_per_month=2)
    orders, refusals = split(place.race([ordering(place, reward, place.households[0])] * 10))

    assert len(orders) == 2
    assert {refusal.code for refusal in refusals} == {"limit_reached"}
    assert stock_of(place.fresh(), reward) == 18
    assert place.agrees()


def test_one_delivery_twenty_times_reaches_the_stock_once(place: Place) -> None:
    reward = write_reward(place.fresh(), place.code, stock=0)
    delivery_id = new_id()

    def deliver(session: Session) -> bool:
        return points.deliver(session, admin(place), reward.id, 7, delivery_id=delivery_id)[1]

    made, refusals = split(place.race([deliver] * COPIES))

    assert refusals == []
    assert sum(made) == 1
    assert stock_of(place.fresh(), reward) == 7
    assert rows(place.fresh(), StockMovement, reward_id=reward.id) == 1


def test_a_code_is_good_for_one_of_many_clerks(place: Place) -> None:
    reward = write_reward(place.fresh(), place.code)
    order = place.run(ordering(place, reward, place.households[0]))
    assert isinstance(order, Redemption)
    code = place.run(
        partial(points.show_code, actor=lead(place), key=b"test", redemption_id=order.id, version=0)
    )
    assert isinstance(code, points.PickupCode)
    clerks = [place.town.actor(Role.SHOP_CLERK, name) for name in ("clerk", "lead", "county", "worker")]
    results = place.race(
        [
            partial(points.hand_over, actor=clerk, redemption_id=order.id, code=code.code)
            for clerk in clerks * 4
        ]
    )
    handed, refusals = split(results)

    assert {one.ended_by for one in handed} == {handed[0].ended_by}
    assert len(handed) == 4
    assert {refusal.code for refusal in refusals} == {"illegal_step"}
    assert standing(place.fresh(), place.accounts[0]) == (97, 0)
    assert rows(place.fresh(), Transfer, source_id=order.id) == 1
    assert place.agrees()


def test_no_code_outlasts_an_account_that_is_being_disabled(place: Place) -> None:
    """S-41: the hand-over waits for who disables it, and sees that it is."""
    reward = write_reward(place.fresh(), place.code)
    order = place.run(ordering(place, reward, place.households[0]))
    assert isinstance(order, Redemption)
    shower = lead(place)
    code = place.run(partial(points.show_code, actor=shower, key=b"test", redemption_id=order.id, version=0))
    assert isinstance(code, points.PickupCode)

    def disabling(session: Session, *, at: datetime | None) -> None:
        assert shower.user_id is not None
        user_locked(session, shower.user_id).disabled_at = at

    def handing_over(session: Session) -> str:
        try:
            points.hand_over(session, place.town.actor(Role.SHOP_CLERK, "clerk"), order.id, code.code)
        except PickupCodeError as refusal:
            return refusal.code
        return "handed over"

    try:
        _, told = one_inside_the_other(place.engine, partial(disabling, at=now()), handing_over)
    finally:
        place.run(partial(disabling, at=None))
    assert told == "pickup_code_refused"


def test_an_order_is_either_collected_or_cancelled(place: Place) -> None:
    reward = write_reward(place.fresh(), place.code, stock=5)
    order = place.run(ordering(place, reward, place.households[0]))
    assert isinstance(order, Redemption)
    shown = place.run(
        partial(points.show_code, actor=lead(place), key=b"test", redemption_id=order.id, version=0)
    )
    assert isinstance(shown, points.PickupCode)
    clerk = place.town.actor(Role.SHOP_CLERK, "clerk")
    take = partial(points.hand_over, actor=clerk, redemption_id=order.id, code=shown.code)
    cancel = partial(points.cancel, actor=admin(place), redemption_id=order.id)
    place.race([take, cancel] * 5)
    ended = place.fresh().get_one(Redemption, order.id).status

    assert ended in {RedemptionStatus.COLLECTED, RedemptionStatus.CANCELLED}
    paid = ended is RedemptionStatus.COLLECTED
    assert standing(place.fresh(), place.accounts[0]) == (97 if paid else 100, 0)
    assert stock_of(place.fresh(), reward) == (4 if paid else 5)
    assert place.agrees()


def test_one_claim_twenty_times_is_one(place: Place) -> None:
    rule = write_rule(place.fresh(), place.code)
    new = points.NewClaim(place.town.residents[0].id, rule.id, captured_at=now())
    claim_id = new_id()

    def submit(session: Session) -> bool:
        return points.submit(session, admin(place), claim_id, new)[1]

    made, refusals = split(place.race([submit] * COPIES))

    assert refusals == []
    assert sum(made) == 1
    assert rows(place.fresh(), Claim, area_code=place.code) == 1


def test_a_claim_approved_many_times_is_one_transfer(place: Place) -> None:
    rule = write_rule(place.fresh(), place.code)
    claim = place.town.verified_claim(rule, points=4)
    place.town.session.commit()
    steps: list[Callable[[Session], Claim]] = [
        partial(points.approve, actor=admin(place, name), claim_id=claim.id, step_id=new_id())
        for name in ("admin", "next_admin")
    ]
    results = place.race(steps * (COPIES // 2))
    approved, refusals = split(results)

    assert {one.status for one in approved} == {ClaimStatus.POSTED}
    assert len(approved) == COPIES // 2
    assert {refusal.code for refusal in refusals} == {"illegal_step"}
    assert standing(place.fresh(), place.accounts[0]) == (104, 0)
    assert rows(place.fresh(), Transfer, source_id=claim.id) == 1


def test_one_name_for_approvals_of_many_claims_is_one_approval(place: Place) -> None:
    rule = write_rule(place.fresh(), place.code)
    claims = [place.town.verified_claim(rule, points=2) for _ in range(6)]
    place.town.session.commit()
    step_id = new_id()
    approved, refusals = split(
        place.race(
            [
                partial(points.approve, actor=admin(place), claim_id=claim.id, step_id=step_id)
                for claim in claims
            ]
        )
    )

    assert [refusal.code for refusal in refusals] == ["other_content"] * 5
    assert len(approved) == 1
    assert standing(place.fresh(), place.accounts[0]) == (102, 0)


def test_two_claims_approved_at_once_do_not_pass_the_cap_together(place: Place) -> None:
    rule = write_rule(place.fresh(), place.code, cap_points=5, cap_period=Period.YEAR, cap_of=CapOf.HOUSEHOLD)
    claims = [place.town.verified_claim(rule, points=5) for _ in range(10)]
    place.town.session.commit()
    approved, refusals = split(
        place.race(
            [
                partial(points.approve, actor=admin(place), claim_id=claim.id, step_id=new_id())
                for claim in claims
            ]
        )
    )

    assert len(approved) == 1
    assert [refusal.data for refusal in refusals] == [{"cap": 5, "used": 5}] * 9
    assert standing(place.fresh(), place.accounts[0]) == (105, 0)


def test_two_schedulers_post_each_claim_once(place: Place) -> None:
    rule = write_rule(place.fresh(), place.code, notice_days=1)
    for number in (0, 1) * 10:
        claim = place.town.verified_claim(rule, number, points=2)
        points.approve(place.town.session, admin(place), claim.id, new_id())
    place.town.session.commit()

    def post(session: Session) -> int:
        with clock.set_to(now() + timedelta(days=3)):
            return points.post_due(session, limit=7)

    posted, refusals = split(place.race([post] * 4))
    rest = place.run(post)

    assert refusals == []
    assert isinstance(rest, int)
    assert sum(posted) + rest == 20
    assert [standing(place.fresh(), account_id) for account_id in place.accounts] == [(120, 0)] * 2
    assert place.agrees()
