"""The steps of a claim after it was made; each is safe to send again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import marshmallow as ma

from app import points
from app.api.claims import AskFields, ClaimOutput, ask_from
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import StepInput, Text
from app.api.http.recording import transaction
from app.identity import Permission

blueprint = Blueprint("claim_steps", __name__, description="积分申报办理")
_MAX_NOTE = 500


class NoteInput(StepInput):
    """A word about the decision."""

    note = Text(_MAX_NOTE, lines=True, load_default="")


class ReasonInput(StepInput):
    """Why not; the resident reads it."""

    reason = Text(_MAX_NOTE, least=1, lines=True, required=True)


class AskInput(AskFields, StepInput):
    """What the claim asks for now."""

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data["step_id"], "ask": ask_from(data)}


def _taken(step: Callable[..., Any], claim_id: UUID, **sent: Any) -> Any:
    with transaction() as session:
        return points.shown(session, step(session, actor(), claim_id, **sent))


@blueprint.route("/claims/<uuid:claim_id>/verify", methods=["POST"])
@allow(Permission.CLAIM_VERIFY)
@blueprint.answer(ClaimOutput)
@blueprint.body(NoteInput)
def verify_claim(sent: dict[str, Any], claim_id: UUID) -> Any:
    """Confirm that what is claimed is so."""
    return _taken(points.verify, claim_id, **sent)


@blueprint.route("/claims/<uuid:claim_id>/approve", methods=["POST"])
@allow(Permission.CLAIM_APPROVE)
@blueprint.answer(ClaimOutput)
@blueprint.body(NoteInput)
def approve_claim(sent: dict[str, Any], claim_id: UUID) -> Any:
    """Grant the points: into public notice, or straight into the account where the rule asks for none."""
    return _taken(points.approve, claim_id, **sent)


@blueprint.route("/claims/<uuid:claim_id>/return", methods=["POST"])
@allow(Permission.CLAIM_TURN_DOWN)
@blueprint.answer(ClaimOutput)
@blueprint.body(ReasonInput)
def return_claim(sent: dict[str, Any], claim_id: UUID) -> Any:
    """Give a claim back to be mended."""
    return _taken(points.give_back, claim_id, **sent)


@blueprint.route("/claims/<uuid:claim_id>/reject", methods=["POST"])
@allow(Permission.CLAIM_TURN_DOWN)
@blueprint.answer(ClaimOutput)
@blueprint.body(ReasonInput)
def reject_claim(sent: dict[str, Any], claim_id: UUID) -> Any:
    """Refuse a claim for good."""
    return _taken(points.reject, claim_id, **sent)


@blueprint.route("/claims/<uuid:claim_id>/resubmit", methods=["POST"])
@allow(Permission.CLAIM_SUBMIT)
@blueprint.answer(ClaimOutput)
@blueprint.body(AskInput)
def resubmit_claim(sent: dict[str, Any], claim_id: UUID) -> Any:
    """Send a returned claim again, mended."""
    return _taken(points.resubmit, claim_id, **sent)


@blueprint.route("/claims/<uuid:claim_id>/withdraw", methods=["POST"])
@allow(Permission.CLAIM_SUBMIT)
@blueprint.answer(ClaimOutput)
@blueprint.body(StepInput)
def withdraw_claim(sent: dict[str, Any], claim_id: UUID) -> Any:
    """Take a claim back before it is approved."""
    return _taken(points.withdraw, claim_id, **sent)
