"""Caps: how many points a rule gives to one household or resident within a period."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import business_day, end_of, start_of
from app.errors import DomainError, Kind
from app.models import CapOf, Claim, ClaimStatus, Period, Rule
from app.points import accounts, ledger

_GRANTED = (ClaimStatus.APPROVED, ClaimStatus.IN_NOTICE, ClaimStatus.POSTED)
_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}
_WEEK = timedelta(days=7)


class CapReachedError(DomainError):
    """The rule gives no more to this household or resident in the period (data: ``cap``, ``used``)."""

    code = "cap_reached"
    kind = Kind.CONFLICT


def check_cap(session: Session, claim: Claim) -> None:
    """Refuse a claim that goes beyond its rule's cap in the period in which it happened.

    Claims under other versions of the rule count too. The household's account is locked, so that of two
    claims approved at once one sees the other.

    Raises CapReachedError.
    """
    rule = claim.rule
    if rule.cap_points is None or rule.cap_period is None:
        return
    ledger.lock(session, accounts.household_account(session, claim.household_id, claim.area_code))
    used = _used(session, claim, rule.cap_period)
    if used + claim.points > rule.cap_points:
        raise CapReachedError(cap=rule.cap_points, used=used)


def _used(session: Session, claim: Claim, period: Period) -> int:
    start, end = span(period, business_day(claim.happened_at))
    whose = (
        Claim.household_id == claim.household_id
        if claim.rule.cap_of is CapOf.HOUSEHOLD
        else Claim.resident_id == claim.resident_id
    )
    query = (
        select(func.coalesce(func.sum(Claim.points), 0))
        .join(Rule, Rule.id == Claim.rule_id)
        .where(
            whose,
            Claim.id != claim.id,
            Claim.status.in_(_GRANTED),
            Rule.area_code == claim.rule.area_code,
            Rule.code == claim.rule.code,
            Claim.happened_at >= start,
            Claim.happened_at < end,
        )
    )
    return session.scalars(query).one()


def span(period: Period, day: date) -> tuple[datetime, datetime]:
    """Give when the period around a day starts and when it is over; a week starts on Monday."""
    if period is Period.DAY:
        return start_of(day), end_of(day)
    if period is Period.WEEK:
        monday = day - timedelta(days=day.weekday())
        return start_of(monday), start_of(monday + _WEEK)
    months = _MONTHS[period]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = first.year * 12 + first.month - 1 + months
    return start_of(first), start_of(date(after // 12, after % 12 + 1, 1))
