"""Goods of the points shop, and their deliveries."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import points
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Flag, Input, Output, Text, area_code, sent_moment, uid, whole
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.identity import Permission

blueprint = Blueprint("rewards", __name__, description="积分超市商品")
_MAX_PRICE = 100_000
_MAX_COST_FEN = 10_000_000
_MAX_DELIVERY = 100_000


class RewardInput(Input):
    """Goods to offer: price in points, cost in fen, both a piece."""

    area_code = area_code(required=True)
    name = Text(40, least=1, required=True)
    unit = Text(10, least=1, required=True)
    price = whole(1, _MAX_PRICE, required=True)
    cost_fen = whole(0, _MAX_COST_FEN, required=True)
    limit_per_month = whole(1, 1000, load_default=None, allow_none=True)
    own_producer = Flag(load_default=False)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> points.NewReward:
        """Give what the domain takes."""
        return points.NewReward(**data)


class RewardListInput(PageInput):
    """Whose shop."""

    area_code = area_code(load_default=None)


class DeliveryInput(Input):
    """A delivery; its id makes it safe to send again."""

    id = uid(required=True)
    quantity = whole(1, _MAX_DELIVERY, required=True)


class RewardOutput(Output):
    """Goods on offer; ``limit_per_month`` is how many pieces a household may have in a calendar month."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    price = fields.Integer(required=True)
    stock = fields.Integer(required=True)
    limit_per_month = fields.Integer(required=True, allow_none=True)
    own_producer = fields.Boolean(required=True)


class DeliveryOutput(Output):
    """A delivery that was put into stock."""

    id = fields.UUID(required=True)
    reward_id = fields.UUID(required=True)
    quantity = fields.Integer(required=True, attribute="change")
    at = sent_moment(required=True)


@blueprint.route("/rewards", methods=["GET"])
@allow(Permission.SHOP_READ)
@blueprint.answer(page_of(RewardOutput))
@blueprint.query(RewardListInput)
def list_rewards(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List what the shop offers, the newest first."""

    def fetch(**span: Any) -> Any:
        return points.rewards(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda reward: reward.id, limit=limit, after=after)


@blueprint.route("/rewards/<uuid:reward_id>", methods=["PUT"])
@allow(Permission.SHOP_WRITE)
@blueprint.made_once(RewardOutput)
@blueprint.body(RewardInput)
def put_reward(new: points.NewReward, reward_id: UUID) -> tuple[Any, int]:
    """Offer goods, with nothing in stock yet."""
    with transaction() as session:
        reward, made = points.offer(session, actor(), reward_id, new)
    return reward, once(made)


@blueprint.route("/rewards/<uuid:reward_id>/deliveries", methods=["POST"])
@allow(Permission.SHOP_WRITE)
@blueprint.made_once(DeliveryOutput)
@blueprint.body(DeliveryInput)
def post_delivery(sent: dict[str, Any], reward_id: UUID) -> tuple[Any, int]:
    """Put delivered pieces into stock."""
    with transaction() as session:
        delivery, made = points.deliver(session, actor(), reward_id, sent["quantity"], delivery_id=sent["id"])
    return delivery, once(made)
