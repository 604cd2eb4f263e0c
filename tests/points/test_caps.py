from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app import clock, points
from app.ids import new_id
from app.models import CapOf, Claim, ClaimStatus, Period
from app.points import CapReachedError
from app.points.caps import span
from tests.points_town import Town, build_town
from tests.points_world import write_rule

WEDNESDAY = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def capped(town: Town, of: CapOf, period: Period = Period.MONTH, **more: Any) -> Any:
    return write_rule(
        town.session, town.code, cap_points=5, cap_period=period, cap_of=of, points_min=1, **more
    )


def approve(town: Town, claim: Claim) -> Claim:
    return points.approve(town.session, town.actor(), claim.id, new_id())


@pytest.mark.parametrize(
    "period, day, first, last",
    [
        (Period.DAY, date(2026, 2, 28), date(2026, 2, 28), date(2026, 2, 28)),
        (Period.WEEK, date(2026, 11, 29), date(2026, 11, 23), date(2026, 11, 29)),
        (Period.WEEK, date(2027, 1, 1), date(2026, 12, 28), date(2027, 1, 3)),
        (Period.MONTH, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (Period.MONTH, date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        (Period.QUARTER, date(2026, 11, 1), date(2026, 10, 1), date(2026, 12, 31)),
        (Period.QUARTER, date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        (Period.YEAR, date(2026, 7, 1), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_starts_and_ends_at_midnight_in_china(
    period: Period, day: date, first: date, last: date
) -> None:
    start, end = span(period, day)

    assert start == datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(hours=8)
    assert end == datetime(last.year, last.month, last.day, 16, tzinfo=UTC)


def test_a_claim_beyond_the_cap_is_refused_with_what_is_used(town: Town) -> None:
    rule = capped(town, CapOf.HOUSEHOLD)
    approve(town, town.verified_claim(rule, points=3))
    more = town.verified_claim(rule, points=3)
    rest = town.verified_claim(rule, points=2)

    with pytest.raises(CapReachedError) as refusal:
        approve(town, more)

    assert refusal.value.data == {"cap": 5, "used": 3}
    assert approve(town, rest).status is ClaimStatus.POSTED


def test_a_claim_in_notice_counts(town: Town) -> None:
    rule = capped(town, CapOf.HOUSEHOLD, notice_days=3)
    assert approve(town, town.verified_claim(rule, points=5)).status is ClaimStatus.IN_NOTICE

    with pytest.raises(CapReachedError):
        approve(town, town.verified_claim(rule, points=1))


def test_a_claim_that_was_not_granted_does_not_count(town: Town) -> None:
    rule = capped(town, CapOf.HOUSEHOLD)
    points.reject(town.session, town.actor(), town.verified_claim(rule, points=5).id, new_id(), reason="没做")

    assert approve(town, town.verified_claim(rule, points=5)).status is ClaimStatus.POSTED


def test_another_household_has_its_own_cap(town: Town) -> None:
    rule = capped(town, CapOf.HOUSEHOLD)
    approve(town, town.verified_claim(rule, points=5))

    assert approve(town, town.verified_claim(rule, number=1, points=5)).status is ClaimStatus.POSTED


@pytest.mark.parametrize("of, fits", [(CapOf.HOUSEHOLD, False), (CapOf.RESIDENT, True)])
def test_a_housemate_shares_the_cap_of_the_household_only(town: Town, *, of: CapOf, fits: bool) -> None:
    rule = capped(town, of)
    approve(town, town.verified_claim(rule, points=5))
    town.residents[1].household_id = town.households[0].id
    town.session.flush()
    claim = town.verified_claim(rule, number=1, points=1)

    if fits:
        assert approve(town, claim).status is ClaimStatus.POSTED
    else:
        with pytest.raises(CapReachedError):
            approve(town, claim)


@pytest.mark.parametrize("days, fits", [(-2, False), (-3, True)])
def test_what_happened_in_the_week_before_does_not_count(town: Town, *, days: int, fits: bool) -> None:
    rule = capped(town, CapOf.RESIDENT, Period.WEEK)
    with clock.set_to(WEDNESDAY):
        before = town.verified_claim(rule, points=5, captured_at=WEDNESDAY + timedelta(days=days))
        approve(town, before)
        claim = town.verified_claim(rule, points=1, captured_at=WEDNESDAY)

        if fits:
            assert approve(town, claim).status is ClaimStatus.POSTED
        else:
            with pytest.raises(CapReachedError):
                approve(town, claim)


def test_a_later_version_of_the_rule_shares_the_cap(town: Town) -> None:
    rule = capped(town, CapOf.HOUSEHOLD, code="tidy", valid_until=date(2099, 1, 1))
    approve(town, town.verified_claim(rule, points=5))
    later = capped(town, CapOf.HOUSEHOLD, code="tidy", version=2)

    with pytest.raises(CapReachedError):
        approve(town, town.verified_claim(later, points=1))


MONDAY = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
"""Midnight in China: the first moment of Wednesday's week."""


@pytest.mark.parametrize(
    "first, then, fits",
    [
        # both of the week before, though approved in this one
        (MONDAY - timedelta(days=2), MONDAY - timedelta(days=1), False),
        # midnight belongs to the week that begins
        (MONDAY, MONDAY - timedelta(seconds=1), True),
        (MONDAY - timedelta(seconds=1), MONDAY, True),
        (MONDAY, WEDNESDAY, False),
        # a clock that is a month slow is not believed: the time of arrival counts
        (MONDAY - timedelta(days=30), WEDNESDAY, False),
    ],
)
def test_the_cap_is_of_the_period_of_the_act(
    town: Town, *, first: datetime, then: datetime, fits: bool
) -> None:
    rule = capped(town, CapOf.RESIDENT, Period.WEEK)
    with clock.set_to(WEDNESDAY):
        approve(town, town.verified_claim(rule, points=5, captured_at=first))
        claim = town.verified_claim(rule, points=1, captured_at=then)

        if fits:
            assert approve(town, claim).status is ClaimStatus.POSTED
        else:
            with pytest.raises(CapReachedError):
                approve(town, claim)


def test_another_rule_has_its_own_cap(town: Town) -> None:
    approve(town, town.verified_claim(capped(town, CapOf.HOUSEHOLD, code="tidy"), points=5))
    other = capped(town, CapOf.HOUSEHOLD, code="help")

    assert approve(town, town.verified_claim(other, points=5)).status is ClaimStatus.POSTED


def test_a_rule_of_the_same_code_in_another_community_has_a_cap_of_its_own(town: Town) -> None:
    approve(town, town.verified_claim(capped(town, CapOf.RESIDENT, code="tidy"), points=5))
    other = build_town(town.session)
    town.residents[0].household_id, town.residents[0].area_code = other.households[0].id, other.code
    rule = capped(other, CapOf.RESIDENT, code="tidy")
    moved = replace(other, residents=town.residents)

    assert approve(moved, moved.verified_claim(rule, points=5)).status is ClaimStatus.POSTED
