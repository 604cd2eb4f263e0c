"""Rewards of the shop and their stock, which changes only together with a movement."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor, community_of
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError, OtherContentError
from app.ids import new_id
from app.models import Area, Reward, StockMovement, StockReason
from app.once import content_hash, insert_once, made_before
from app.places import AreaUnknownError
from app.points.reach import communities


class OutOfStockError(DomainError):
    """The shop has fewer pieces (data: ``stock``)."""

    code = "out_of_stock"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class NewReward:
    """Goods to offer: ``price`` in points and ``cost_fen`` in fen, both a piece."""

    area_code: str
    name: str
    unit: str
    price: int
    cost_fen: int
    limit_per_month: int | None = None
    own_producer: bool = False


def offer(session: Session, actor: Actor, reward_id: UUID, new: NewReward) -> tuple[Reward, bool]:
    """Offer goods in a community's shop, with nothing in stock yet.

    The same offer again is the first one, though it was withdrawn or the actor's areas are others since.

    Raises NotFoundError outside the actor's areas, AreaUnknownError for what is no community,
    OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Reward, reward_id, sent)
    if first is not None:
        return first, False
    if not actor.scope.covers(new.area_code):
        raise NotFoundError(field="area_code")
    if len(new.area_code) != COMMUNITY_DIGITS or session.get(Area, new.area_code) is None:
        raise AreaUnknownError(field="area_code")
    return insert_once(session, Reward, reward_id, sent, **asdict(new))


def rewards(
    session: Session, actor: Actor, *, area_code: str | None = None, after: UUID | None, limit: int
) -> list[Reward]:
    """List what the shops of the communities within reach offer, the newest first."""
    query = (
        select(Reward)
        .where(communities(actor).clause(Reward.area_code), Reward.withdrawn_at.is_(None))
        .order_by(Reward.id.desc())
        .limit(limit)
    )
    if area_code is not None:
        query = query.where(Reward.area_code.startswith(community_of(area_code), autoescape=True))
    if after is not None:
        query = query.where(Reward.id < after)
    return list(session.scalars(query))


def reward_on_offer(session: Session, area_code: str, reward_id: UUID) -> Reward:
    """Give goods that the shop of this area's community offers. Raises NotFoundError."""
    found = session.scalars(
        select(Reward)
        .where(
            Reward.id == reward_id,
            Reward.area_code == community_of(area_code),
            Reward.withdrawn_at.is_(None),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError(field="reward_id")
    return found


def deliver(
    session: Session, actor: Actor, reward_id: UUID, quantity: int, *, delivery_id: UUID
) -> tuple[StockMovement, bool]:
    """Put delivered pieces into stock, once per ``delivery_id``; give the movement and whether it is new.

    The same delivery again is the first one, though the actor's areas are others or the goods were withdrawn
    since.

    Raises NotFoundError outside the actor's areas and for goods that are not offered any more: no list shows
    them, and nobody could order what was put there. OtherContentError.
    """
    delivered = {
        "reward_id": reward_id,
        "change": quantity,
        "reason": StockReason.DELIVERY,
        "by_id": actor.user_id,
    }
    first = session.get(StockMovement, delivery_id)
    if first is not None and first.by_id == actor.user_id:
        return _same_movement(first, delivered), False
    reward = session.scalars(
        select(Reward).where(
            Reward.id == reward_id, actor.scope.clause(Reward.area_code), Reward.withdrawn_at.is_(None)
        )
    ).one_or_none()
    if reward is None:
        raise NotFoundError
    made = session.scalars(
        insert(StockMovement)
        .values(id=delivery_id, area_code=reward.area_code, at=now(), **delivered)
        .on_conflict_do_nothing()
        .returning(StockMovement)
    ).one_or_none()
    if made is None:
        return _same_movement(session.get_one(StockMovement, delivery_id), delivered), False
    _change_stock(session, reward_id, quantity)
    return made, True


def _same_movement(first: StockMovement, delivered: Mapping[str, Any]) -> StockMovement:
    """Give the first movement of an id, if it tells the same. Raises OtherContentError."""
    if any(getattr(first, name) != value for name, value in delivered.items()):
        raise OtherContentError(id=first.id)
    return first


def move_stock(
    session: Session,
    reward: Reward,
    change: int,
    reason: StockReason,
    *,
    redemption_id: UUID,
    by: UUID | None,
) -> None:
    """Take pieces out of stock for a redemption (``change`` below zero), or put them back.

    Raises OutOfStockError, and leaves the transaction usable.
    """
    _change_stock(session, reward.id, change)
    session.add(
        StockMovement(
            id=new_id(),
            area_code=reward.area_code,
            reward_id=reward.id,
            change=change,
            reason=reason,
            redemption_id=redemption_id,
            by_id=by,
            at=now(),
        )
    )


def _change_stock(session: Session, reward_id: UUID, change: int) -> None:
    """Write the stock; the one place that does. Who waits for the row meets the stock as it is then."""
    changed = session.execute(
        update(Reward)
        .where(Reward.id == reward_id, Reward.stock + change >= 0)
        .values(stock=Reward.stock + change)
        .returning(Reward.stock)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if changed is None:
        raise OutOfStockError(stock=session.scalars(select(Reward.stock).where(Reward.id == reward_id)).one())
