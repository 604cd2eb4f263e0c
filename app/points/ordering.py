"""Redemptions: goods ordered for points, collected with a one-time code, or cancelled."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app import identity
from app.actors import Actor
from app.clock import business_day, now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.models import (
    AccountKind,
    Period,
    Redemption,
    RedemptionStatus,
    Reward,
    SourceKind,
    StockReason,
    TransferKind,
)
from app.once import insert_once, made_before
from app.people import check_home_open, check_other_household
from app.points import ledger
from app.points.accounts import household_account, system_account
from app.points.acted_for import made_for, tell_home
from app.points.caps import span
from app.points.goods import move_stock, reward_on_offer
from app.points.ledger import Posting
from app.points.pickup_codes import PickupCode, check_good, is_shown, next_code
from app.points.reach import own_or_in_scope


class LimitReachedError(DomainError):
    """The household may not have that many pieces this month (data: ``limit``, ``used``)."""

    code = "limit_reached"
    kind = Kind.CONFLICT


class OwnOrderError(DomainError):
    """Who ordered, showed the pick-up code, or let in who showed it, does not hand the goods over."""

    code = "own_order"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class Order:
    """What a household wants; by default it is the actor's own household."""

    reward_id: UUID
    quantity: int
    household_id: UUID | None = None


def order(session: Session, actor: Actor, redemption_id: UUID, wanted: Order) -> tuple[Redemption, bool]:
    """Order goods: the points are held and the stock is taken in one transaction.

    The price is the reward's at this moment. After a refusal the caller must roll back.

    Raises NotFoundError for a household or reward out of reach or an account shut meanwhile,
    HouseholdClosedError, InsufficientPointsError, LimitReachedError, OutOfStockError, OtherContentError.
    """
    sent = made_for(actor, wanted)
    first = made_before(session, Redemption, redemption_id, sent, author=Redemption.made_by, by=actor.user_id)
    if first is not None:
        return first, False
    household = own_or_in_scope(session, actor, wanted.household_id)
    check_home_open(household, field="household_id")
    reward = reward_on_offer(session, household.area_code, wanted.reward_id)
    redemption, made = insert_once(
        session,
        Redemption,
        redemption_id,
        sent,
        area_code=household.area_code,
        household_id=household.id,
        reward_id=reward.id,
        quantity=wanted.quantity,
        points=reward.price * wanted.quantity,
        made_by=actor.user_id,
        acted_for=actor.acted_for,
        made_at=now(),
    )
    if made:
        identity.closing.check_open(session, redemption.made_by)
        account_id = household_account(session, household.id, household.area_code)
        ledger.hold(session, account_id, redemption.points)
        _check_limit(session, redemption, reward)
        move_stock(
            session,
            reward,
            -wanted.quantity,
            StockReason.ORDER,
            redemption_id=redemption.id,
            by=actor.user_id,
        )
        tell_home(session, actor, redemption, "redeemed")
    return redemption, made


def show_code(session: Session, actor: Actor, key: bytes, redemption_id: UUID, *, version: int) -> PickupCode:
    """Show the pick-up code that follows the version the caller knows; the one before no longer works.

    The same call again shows the code that it made. Raises NotFoundError, PickupVersionError if another
    version was shown meanwhile, or this one by somebody else, IllegalStepError if the redemption is not open.
    """
    redemption = _locked(session, actor, redemption_id)
    _check_open(redemption, RedemptionStatus.COLLECTED)
    return next_code(redemption, actor, key, version=version)


def hand_over(session: Session, actor: Actor, redemption_id: UUID, code: str) -> Redemption:
    """Hand the goods over to whoever shows the code; the held points go to the community's redeemed account.

    The code works once. The same hand-over sent again by the same person changes nothing.

    Raises NotFoundError, OwnHouseholdError, OwnOrderError, PickupCodeError, IllegalStepError.
    """
    redemption = _locked(session, actor, redemption_id)
    check_other_household(actor, redemption.household_id)
    if actor.user_id in {redemption.made_by, redemption.pickup_by, redemption.pickup_let_in_by}:
        raise OwnOrderError
    shown = is_shown(redemption, code)
    if redemption.status is RedemptionStatus.COLLECTED and shown and redemption.ended_by == actor.user_id:
        return redemption
    _check_open(redemption, RedemptionStatus.COLLECTED)
    check_good(session, redemption, shown=shown)
    redemption.pickup_until = None
    _end(redemption, actor, RedemptionStatus.COLLECTED)
    _settle(session, actor, redemption)
    return redemption


def cancel(session: Session, actor: Actor, redemption_id: UUID) -> Redemption:
    """Give up an open redemption: points and stock are free again.

    The same cancellation sent again by the same person changes nothing.

    Raises NotFoundError, IllegalStepError.
    """
    redemption = _locked(session, actor, redemption_id)
    if redemption.status is RedemptionStatus.CANCELLED and redemption.ended_by == actor.user_id:
        return redemption
    _end(redemption, actor, RedemptionStatus.CANCELLED)
    account_id = household_account(session, redemption.household_id, redemption.area_code)
    ledger.release(session, account_id, redemption.points)
    move_stock(
        session,
        redemption.reward,
        redemption.quantity,
        StockReason.CANCEL,
        redemption_id=redemption.id,
        by=actor.user_id,
    )
    return redemption


def redemptions(
    session: Session,
    actor: Actor,
    *,
    area_code: str | None = None,
    household_id: UUID | None = None,
    status: RedemptionStatus | None = None,
    after: UUID | None,
    limit: int,
) -> list[Redemption]:
    """List redemptions within reach with their rewards, the newest first."""
    query = (
        select(Redemption)
        .where(actor.scope.clause(Redemption.area_code, Redemption.household_id))
        .options(joinedload(Redemption.reward))
        .order_by(Redemption.id.desc())
        .limit(limit)
    )
    if area_code is not None:
        query = query.where(Redemption.area_code.startswith(area_code, autoescape=True))
    if household_id is not None:
        query = query.where(Redemption.household_id == household_id)
    if status is not None:
        query = query.where(Redemption.status == status)
    if after is not None:
        query = query.where(Redemption.id < after)
    return list(session.scalars(query))


def redemption_in_scope(session: Session, actor: Actor, redemption_id: UUID) -> Redemption:
    """Give one redemption with its reward. Raises NotFoundError out of reach."""
    return _one(session, actor, redemption_id, lock=False)


def _locked(session: Session, actor: Actor, redemption_id: UUID) -> Redemption:
    return _one(session, actor, redemption_id, lock=True)


def _one(session: Session, actor: Actor, redemption_id: UUID, *, lock: bool) -> Redemption:
    query = (
        select(Redemption)
        .where(
            Redemption.id == redemption_id,
            actor.scope.clause(Redemption.area_code, Redemption.household_id),
        )
        .options(joinedload(Redemption.reward))
        .execution_options(populate_existing=True)
    )
    if lock:
        query = query.with_for_update(of=Redemption)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def _check_limit(session: Session, redemption: Redemption, reward: Reward) -> None:
    """Count what the household ordered of this reward in the calendar month, under its account's lock."""
    if reward.limit_per_month is None:
        return
    start, end = span(Period.MONTH, business_day(redemption.made_at))
    query = select(func.coalesce(func.sum(Redemption.quantity), 0)).where(
        Redemption.household_id == redemption.household_id,
        Redemption.reward_id == reward.id,
        Redemption.id != redemption.id,
        Redemption.status != RedemptionStatus.CANCELLED,
        Redemption.made_at >= start,
        Redemption.made_at < end,
    )
    used = session.scalars(query).one()
    if used + redemption.quantity > reward.limit_per_month:
        raise LimitReachedError(limit=reward.limit_per_month, used=used)


def _check_open(redemption: Redemption, asked: RedemptionStatus) -> None:
    if redemption.status is not RedemptionStatus.HELD:
        raise IllegalStepError(id=redemption.id, now=redemption.status, asked=asked)


def _end(redemption: Redemption, actor: Actor, to: RedemptionStatus) -> None:
    redemption.advance(to)
    redemption.ended_by = actor.user_id
    redemption.ended_at = now()


def _settle(session: Session, actor: Actor, redemption: Redemption) -> None:
    area_code = redemption.area_code
    posting = Posting(
        area_code=redemption.reward.area_code,
        debit_id=household_account(session, redemption.household_id, area_code),
        credit_id=system_account(session, area_code, AccountKind.REDEEMED),
        amount=redemption.points,
        kind=TransferKind.REDEEM,
        source_kind=SourceKind.REDEMPTION,
        source_id=redemption.id,
        at=now(),
        by_id=actor.user_id,
        note=f"{redemption.reward.name}×{redemption.quantity}",
        settling=True,
    )
    ledger.post(session, posting)
