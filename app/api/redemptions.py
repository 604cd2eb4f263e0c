"""Redemptions: goods ordered for points, handed over against a one-time code, or cancelled."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import points
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Text, area_code, sent_moment, uid, whole, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import transaction
from app.identity import Permission
from app.points import RedemptionStatus

blueprint = Blueprint("redemptions", __name__, description="积分兑换")
_MAX_PIECES = 100
_MAX_CODE = 64


class RedemptionInput(Input):
    """What to order; by default for one's own household."""

    reward_id = uid(required=True)
    quantity = whole(1, _MAX_PIECES, required=True)
    household_id = uid(load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> points.Order:
        """Give what the domain takes."""
        return points.Order(**data)


class RedemptionListInput(PageInput):
    """Which redemptions."""

    area_code = area_code(load_default=None)
    household_id = uid(load_default=None)
    status = word(RedemptionStatus, load_default=None)


class CodeInput(Input):
    """The code that the resident shows."""

    code = Text(_MAX_CODE, least=1, required=True)


class PickupCodeInput(Input):
    """Which code the new one follows: the version that I know, 0 if none was shown."""

    version = whole(0, 1_000_000, required=True)


class RedemptionOutput(Output):
    """A redemption; ``points`` is what it costs in all, ``pickup_version`` the pick-up code shown last."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    household_id = fields.UUID(required=True)
    reward_id = fields.UUID(required=True)
    reward_name = fields.String(required=True, attribute="reward.name")
    unit = fields.String(required=True, attribute="reward.unit")
    quantity = fields.Integer(required=True)
    points = fields.Integer(required=True)
    status = fields.Enum(RedemptionStatus, by_value=True, required=True)
    pickup_version = fields.Integer(required=True)
    made_at = sent_moment(required=True)
    made_by = fields.UUID(required=True)
    acted_for = fields.UUID(required=True, allow_none=True)
    ended_at = sent_moment(required=True, allow_none=True)


class PickupCodeOutput(Output):
    """A code to show at the counter; it works once, and until ``valid_until``."""

    redemption_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    code = fields.String(required=True)
    valid_until = sent_moment(required=True)


@blueprint.route("/redemptions", methods=["GET"])
@allow(Permission.REDEMPTION_READ)
@blueprint.answer(page_of(RedemptionOutput))
@blueprint.query(RedemptionListInput)
def list_redemptions(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List redemptions within reach, the newest first."""

    def fetch(**span: Any) -> Any:
        return points.redemptions(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda redemption: redemption.id, limit=limit, after=after)


@blueprint.route("/redemptions/<uuid:redemption_id>", methods=["PUT"])
@allow(Permission.REDEEM)
@blueprint.made_once(RedemptionOutput)
@blueprint.body(RedemptionInput)
def put_redemption(wanted: points.Order, redemption_id: UUID) -> tuple[Any, int]:
    """Order goods: the points are held and the stock is taken."""
    with transaction() as session:
        row, made = points.order(session, actor(), redemption_id, wanted)
        return points.redemption_in_scope(session, actor().as_author(row.area_code), redemption_id), once(
            made
        )


@blueprint.route("/redemptions/<uuid:redemption_id>", methods=["GET"])
@allow(Permission.REDEMPTION_READ)
@blueprint.answer(RedemptionOutput)
def get_redemption(redemption_id: UUID) -> Any:
    """Show one redemption."""
    with transaction() as session:
        return points.redemption_in_scope(session, actor(), redemption_id)


@blueprint.route("/redemptions/<uuid:redemption_id>/pickup-code", methods=["POST"])
@allow(Permission.REDEEM)
@blueprint.answer(PickupCodeOutput)
@blueprint.body(PickupCodeInput)
def show_pickup_code(sent: dict[str, Any], redemption_id: UUID) -> Any:
    """Show a new pick-up code; the one before no longer works."""
    with transaction() as session:
        return points.show_code(session, actor(), parts().pickup_key, redemption_id, **sent)


@blueprint.route("/redemptions/<uuid:redemption_id>/hand-over", methods=["POST"])
@allow(Permission.HAND_OVER)
@blueprint.answer(RedemptionOutput)
@blueprint.body(CodeInput)
def hand_over(sent: dict[str, Any], redemption_id: UUID) -> Any:
    """Hand the goods over to whoever shows the code."""
    with transaction() as session:
        return points.hand_over(session, actor(), redemption_id, **sent)


@blueprint.route("/redemptions/<uuid:redemption_id>/cancel", methods=["POST"])
@allow(Permission.REDEEM)
@blueprint.answer(RedemptionOutput)
def cancel_redemption(redemption_id: UUID) -> Any:
    """Give up an order: points and stock are free again."""
    with transaction() as session:
        return points.cancel(session, actor(), redemption_id)
