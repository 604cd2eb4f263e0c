"""What whoever reported a hazard says later: how satisfied he is, or that a visitor's report was his."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import validate

from app import hazards
from app.api.hazard_filters import FACES
from app.api.hazard_steps import taken
from app.api.hazards import WholeHazardOutput
from app.api.http.allow import allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import StepInput, Text, whole
from app.identity import Permission

blueprint = Blueprint("hazard_ratings", __name__, description="隐患评价和认领")
_MAX_SENTENCE = 200
_KEY = validate.Regexp(r"^[A-Za-z0-9_-]{16,64}$", error="认领的网址不对，请用提交后看到的那个网址")


class RateInput(StepInput):
    """One of three faces, and a sentence."""

    faces = whole(*FACES, required=True)
    note = Text(_MAX_SENTENCE, load_default="")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data.pop("step_id"), "rating": hazards.Rating(**data)}


class TakeOverInput(StepInput):
    """The key in the address of the receipt."""

    key = Text(64, checks=[_KEY], required=True)


@blueprint.route("/hazards/<uuid:hazard_id>/rate", methods=["POST"])
@allow(Permission.HAZARD_REPORT)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(RateInput)
def rate_hazard(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Say how satisfied one is with what became of one's own report."""
    return taken(hazards.rate, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/take-over", methods=["POST"])
@allow(Permission.HAZARD_REPORT)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(TakeOverInput)
def take_over_report(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Make a report one's own that one wrote as a visitor; it earns what a resident's earns."""
    return taken(hazards.take_over, hazard_id, **sent)
