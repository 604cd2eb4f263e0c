"""Corrections to households' points, in a batch that a second person approved."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import points as ledger
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.body_bounds import LISTS_BYTES
from app.api.http.fields import Input, Output, Text, area_code, listed, uid, whole
from app.api.http.recording import note, transaction
from app.api.http.sentences import sentence
from app.identity import Permission, told_approvals

blueprint = Blueprint("adjustments", __name__, description="积分更正")
MOST = 500
"""Adjustments in a batch."""
_MOST_POINTS = 10_000
_NOTHING = "不能填0，增加填正数，扣减填负数"


class AdjustmentInput(Input):
    """Points for a household, or from it if negative; the id makes it safe to send again."""

    id = uid(required=True)
    household_id = uid(required=True)
    points = whole(-_MOST_POINTS, _MOST_POINTS, required=True)

    @ma.validates("points")
    def check(self, value: int, **_: Any) -> None:
        """Refuse to move nothing."""
        if value == 0:
            raise ma.ValidationError(_NOTHING)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> ledger.Adjustment:
        """Give what the domain takes."""
        return ledger.Adjustment(**data)


class AdjustmentsInput(Input):
    """A batch for one community, and the reason that stands in each household's statement."""

    area_code = area_code(required=True)
    reason = Text(200, least=1, required=True)
    items = listed(fields.Nested(AdjustmentInput), MOST, least=1, required=True)

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse two of one id."""
        if len({item.id for item in data["items"]}) < len(data["items"]):
            raise ma.ValidationError("有两项的编号一样，请各用各的编号", "items")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Give what the domain takes."""
        return ledger.Adjustments(**data)


class ApprovedAdjustmentsInput(AdjustmentsInput):
    """A batch, and the approval that was given for it."""

    approval_id = uid(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Give what the domain takes: the batch, and the approval beside it."""
        approval_id = data.pop("approval_id")
        return ledger.Adjustments(**data), approval_id


class PointsForDoorOutput(Output):
    """Points for a household, or from it if negative; without a door if it is not the reader's to know."""

    household_id = fields.UUID(required=True)
    place = fields.String(required=True, allow_none=True)
    door = fields.String(required=True, allow_none=True)
    points = fields.Integer(required=True)
    can_be_done = fields.Boolean(required=True)

    @ma.pre_dump
    def name_door(self, told: told_approvals.ToldAdjustment, **_: Any) -> dict[str, Any]:
        """Say where the household lives."""
        place, door = (told.door.place, told.door.door) if told.door else (None, None)
        return {
            "household_id": told.household_id,
            "points": told.points,
            "place": place,
            "door": door,
            "can_be_done": told.can_be_done,
        }


class SumsOutput(Output):
    """What a batch adds up to: adjustments of each sign, and their points."""

    additions = fields.Integer(required=True)
    added = fields.Integer(required=True)
    deductions = fields.Integer(required=True)
    taken = fields.Integer(required=True)


class RefusedOutput(Output):
    """Why something was refused: a code for programs and a sentence for people."""

    code = fields.String(required=True)
    title = fields.String(required=True)


class AdjustedOutput(Output):
    """What became of one adjustment."""

    id = fields.UUID(required=True)
    ok = fields.Boolean(required=True)
    balance = fields.Integer(required=True, allow_none=True)
    problem = fields.Nested(RefusedOutput, required=True, allow_none=True)

    @ma.pre_dump
    def tell(self, done: ledger.Adjusted, **_: Any) -> dict[str, Any]:
        """Say it in words."""
        told = None
        if done.problem is not None:
            code = done.problem.code
            told = {"code": code, "title": sentence(code, done.problem.data)}
        return {"id": done.id, "ok": told is None, "balance": done.balance, "problem": told}


class AdjustedListOutput(Output):
    """What became of each adjustment, in the order they were sent."""

    results = fields.List(fields.Nested(AdjustedOutput), required=True)


@blueprint.route("/points/adjustments", methods=["POST"])
@allow(Permission.POINTS_ADJUST, checked=True)
@blueprint.answer(AdjustedListOutput)
@blueprint.body(ApprovedAdjustmentsInput, most_bytes=LISTS_BYTES)
def post_adjustments(sent: tuple[ledger.Adjustments, UUID]) -> dict[str, Any]:
    """Post corrections that a county officer approved; each is posted or refused for itself."""
    batch, approval_id = sent
    note(area_code=batch.area_code, approval_id=str(approval_id), items=len(batch.items))
    note(household_ids=sorted({str(item.household_id) for item in batch.items}))
    with transaction() as session:
        return {"results": ledger.adjust(session, actor(), batch, approval_id=approval_id)}
