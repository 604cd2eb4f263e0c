"""Steps with whole households: closing one: what it does is shown before it is done."""

from typing import Any
from uuid import UUID

import marshmallow as ma

from app import moves
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import NOT_EMPTY, Input, StepInput, Text, day, uid
from app.api.http.parts import parts
from app.api.http.recording import transaction
from app.api.outlooks import OutlookOutput
from app.api.roster_changes import RosterChangeOutput, ShownChange, shown_changes
from app.identity import Permission

blueprint = Blueprint("home_steps", __name__, description="分户、并户、销户")
_MAX_REASON = 200


def reason() -> Text:
    """Give the field for why, which may be left out."""
    return Text(_MAX_REASON, lines=True, load_default="")


class PointsToInput(Input):
    """Where the points of a household go and why: to another household, or without one to the community."""

    household_id = uid(required=True, allow_none=True)
    why = Text(_MAX_REASON, least=2, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> moves.PointsTo:
        """Give what the domain takes."""
        return moves.PointsTo(**data)


class CloseInput(StepInput):
    """Since when nobody lives there, and where the points go if there are any."""

    closed_on = day(required=True)
    points = ma.fields.Nested(PointsToInput, load_default=None, allow_none=True, error_messages=NOT_EMPTY)
    reason = reason()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data.pop("step_id"), "new": moves.Closing(**data)}


def _shown(session: Any, row: Any) -> ShownChange:
    (shown,) = shown_changes(session, [row])
    return shown


@blueprint.route("/households/<uuid:household_id>/close", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(CloseInput)
def close(sent: dict[str, Any], household_id: UUID) -> Any:
    """Close a household that nobody lives in: its door is free, its points go where it is said."""
    with transaction() as session:
        return _shown(session, moves.close(session, actor(), parts().sealer, household_id, **sent))


@blueprint.route("/households/<uuid:household_id>/close/preview", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(OutlookOutput)
@blueprint.body(CloseInput)
def preview_closing(sent: dict[str, Any], household_id: UUID) -> Any:
    """Show what closing a household would do, and all that stands in its way; nothing is written."""
    with transaction() as session:
        return moves.preview_closing(session, actor(), household_id, sent["new"])
