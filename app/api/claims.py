"""Claims: made and read; what is decided on them is in ``claim_steps``."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import points
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Text, area_code, sent_moment, uid, whole, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.api.photos import PhotosFields, with_counts
from app.api.signals import captured_at, photo_ids
from app.identity import Permission
from app.points import ClaimStatus, ClaimStep, ClockFlag, ShownClaim, ShownStep, SourceKind

blueprint = Blueprint("claims", __name__, description="积分申报")
_MAX_POINTS = 1000
_MAX_TEXT = 500


class AskFields:
    """What a claim asks for and brings along; without ``points`` it asks for the rule's least."""

    text = Text(_MAX_TEXT, lines=True, load_default="")
    points = whole(1, _MAX_POINTS, load_default=None, allow_none=True)
    photo_ids = photo_ids()


def ask_from(data: dict[str, Any]) -> points.Ask:
    """Take what is asked for out of a loaded claim."""
    return points.Ask(
        text=data.pop("text"), points=data.pop("points"), photo_ids=tuple(data.pop("photo_ids"))
    )


class ClaimInput(AskFields, Input):
    """A claim for a resident's household."""

    resident_id = uid(required=True)
    rule_id = uid(required=True)
    captured_at = captured_at()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> points.NewClaim:
        """Give what the domain takes."""
        return points.NewClaim(ask=ask_from(data), **data)


class ClaimListInput(PageInput):
    """Which claims."""

    area_code = area_code(load_default=None)
    household_id = uid(load_default=None)
    status = word(ClaimStatus, load_default=None)


class NoticeListInput(PageInput):
    """Whose public notice."""

    area_code = area_code(load_default=None)


class ClaimOutput(PhotosFields, Output):
    """A claim."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    household_id = fields.UUID(required=True)
    resident_id = fields.UUID(required=True)
    resident_name = fields.String(required=True)
    rule_id = fields.UUID(required=True)
    rule_title = fields.String(required=True)
    points = fields.Integer(required=True)
    text = fields.String(required=True)
    status = fields.Enum(ClaimStatus, by_value=True, required=True)
    source_kind = fields.Enum(SourceKind, by_value=True, required=True, allow_none=True)
    source_id = fields.UUID(required=True, allow_none=True)
    submitted_by = fields.UUID(required=True, allow_none=True)
    acted_for = fields.UUID(required=True, allow_none=True)
    verified_by = fields.UUID(required=True, allow_none=True)
    approved_by = fields.UUID(required=True, allow_none=True)
    captured_at = sent_moment(required=True)
    received_at = sent_moment(required=True)
    clock_flag = fields.Enum(ClockFlag, by_value=True, required=True)
    notice_until = sent_moment(required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, shown: ShownClaim, **_: Any) -> dict[str, Any]:
        """Put the claim beside what stands in other rows."""
        claim = shown.claim
        besides = {
            "resident_name": claim.resident.name,
            "rule_title": claim.rule.title,
            **with_counts(shown.photos),
            "steps": shown.steps,
        }
        return {name: besides[name] if name in besides else getattr(claim, name) for name in self.fields}


class ClaimStepOutput(Output):
    """One step of a claim."""

    number = fields.Integer(required=True)
    step = fields.Enum(ClaimStep, by_value=True, required=True)
    status_after = fields.Enum(ClaimStatus, by_value=True, required=True)
    points = fields.Integer(required=True)
    at = sent_moment(required=True)
    actor_name = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)

    @ma.pre_dump
    def flatten(self, shown: ShownStep, **_: Any) -> dict[str, Any]:
        """Put the step beside whoever took it."""
        besides = {"actor_name": shown.actor_name, "note": shown.note}
        return {
            name: besides[name] if name in besides else getattr(shown.event, name) for name in self.fields
        }


class WholeClaimOutput(ClaimOutput):
    """A claim with each of its steps."""

    steps = fields.List(fields.Nested(ClaimStepOutput), required=True)


class PublicClaimOutput(Output):
    """What the public notice shows of a claim: neither door nor full name, and no child's name at all."""

    id = fields.UUID(required=True)
    rule_title = fields.String(required=True)
    category = fields.String(required=True)
    points = fields.Integer(required=True)
    household = fields.String(required=True)
    who = fields.String(required=True)
    happened_at = sent_moment(required=True)
    notice_until = sent_moment(required=True)


@blueprint.route("/claims", methods=["GET"])
@allow(Permission.CLAIM_READ)
@blueprint.answer(page_of(ClaimOutput))
@blueprint.query(ClaimListInput)
def list_claims(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List claims within reach, the newest first; a resident finds those of his household."""

    def fetch(**span: Any) -> Any:
        return points.claims(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda shown: shown.claim.id, limit=limit, after=after)


@blueprint.route("/claims/notice", methods=["GET"])
@allow(Permission.RULE_READ)
@blueprint.answer(page_of(PublicClaimOutput))
@blueprint.query(NoticeListInput)
def list_claims_in_notice(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List the claims in public notice in one's community, masked, the newest first."""

    def fetch(**span: Any) -> Any:
        return points.claims_in_notice(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda claim: claim.id, limit=limit, after=after)


@blueprint.route("/claims/<uuid:claim_id>", methods=["PUT"])
@allow(Permission.CLAIM_SUBMIT)
@blueprint.made_once(ClaimOutput)
@blueprint.body(ClaimInput)
def put_claim(new: points.NewClaim, claim_id: UUID) -> tuple[Any, int]:
    """Claim points: a resident for his own household, staff for one of their area."""
    with transaction() as session:
        claim, made = points.submit(session, actor(), claim_id, new)
        return points.claim_in_scope(session, actor().as_author(claim.area_code), claim_id), once(made)


@blueprint.route("/claims/<uuid:claim_id>", methods=["GET"])
@allow(Permission.CLAIM_READ)
@blueprint.answer(WholeClaimOutput)
def get_claim(claim_id: UUID) -> Any:
    """Show one claim with each of its steps."""
    with transaction() as session:
        return points.claim_in_scope(session, actor(), claim_id, steps=True)
