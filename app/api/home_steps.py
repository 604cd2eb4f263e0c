"""Steps with whole households: each is shown before it is done, and a split or merge is undone."""

from typing import Any
from uuid import UUID

import marshmallow as ma

from app import moves
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import NOT_EMPTY, Input, StepInput, Text, day, listed, uid, whole, word
from app.api.http.parts import parts
from app.api.http.recording import note, transaction
from app.api.outlooks import OutlookOutput
from app.api.roster_changes import RosterChangeOutput, ShownChange, shown_changes
from app.identity import Permission
from app.people import Relation

blueprint = Blueprint("home_steps", __name__, description="分户、并户、销户")
_MAX_REASON = 200
_MOST_PEOPLE = 50
_MOST_POINTS = 1_000_000


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


class PlacedInput(Input):
    """Somebody, and what he is to the head of the household that takes him in."""

    resident_id = uid(required=True)
    relation = word(Relation, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> moves.Placed:
        """Give what the domain takes."""
        return moves.Placed(**data)


def _people(*, least: int) -> ma.fields.List[Any]:
    """Give the field for people, each with what he is then."""
    placed = ma.fields.Nested(PlacedInput, error_messages=NOT_EMPTY)
    return listed(placed, _MOST_PEOPLE, least=least, required=True)


class SplitInput(StepInput):
    """The new household's id, who goes, behind which door, who heads who stays, what points go along."""

    id = uid(required=True)
    place_id = uid(required=True)
    door = Text(20, least=1, required=True)
    people = _people(least=1)
    moved_on = day(required=True)
    head_id = uid(load_default=None, allow_none=True)
    points = whole(0, _MOST_POINTS, load_default=0)
    reason = reason()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        data |= {"household_id": data.pop("id"), "people": tuple(data["people"])}
        return {"step_id": data.pop("step_id"), "new": moves.Split(**data)}


class MergeInput(StepInput):
    """Into which household, since when, and what each who lives in this one is to its head."""

    into_id = uid(required=True)
    people = _people(least=0)
    moved_on = day(required=True)
    reason = reason()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        data["people"] = tuple(data["people"])
        return {"step_id": data.pop("step_id"), "new": moves.Merge(**data)}


class UndoInput(StepInput):
    """The step alone: it undoes all that the change did."""


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


@blueprint.route("/households/<uuid:household_id>/split", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(SplitInput)
def split(sent: dict[str, Any], household_id: UUID) -> Any:
    """Let some of a household live in a new one behind another door; only points that are named go along."""
    with transaction() as session:
        return _shown(session, moves.split(session, actor(), parts().sealer, household_id, **sent))


@blueprint.route("/households/<uuid:household_id>/split/preview", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(OutlookOutput)
@blueprint.body(SplitInput)
def preview_split(sent: dict[str, Any], household_id: UUID) -> Any:
    """Show what splitting a household would do, and all that stands in its way; nothing is written."""
    with transaction() as session:
        return moves.preview_split(session, actor(), household_id, sent["new"])


@blueprint.route("/households/<uuid:household_id>/merge", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(MergeInput)
def merge(sent: dict[str, Any], household_id: UUID) -> Any:
    """Let a household go into another one of its community, with its people and points; it is closed."""
    with transaction() as session:
        return _shown(session, moves.merge(session, actor(), parts().sealer, household_id, **sent))


@blueprint.route("/households/<uuid:household_id>/merge/preview", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(OutlookOutput)
@blueprint.body(MergeInput)
def preview_merge(sent: dict[str, Any], household_id: UUID) -> Any:
    """Show what merging a household would do, and all that stands in its way; nothing is written."""
    with transaction() as session:
        return moves.preview_merge(session, actor(), household_id, sent["new"])


@blueprint.route("/roster-changes/<uuid:change_id>/undo", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(UndoInput)
def undo(sent: dict[str, Any], change_id: UUID) -> Any:
    """Undo a change of the roster: exactly what it did goes back."""
    with transaction() as session:
        row = moves.undo(session, actor(), parts().sealer, change_id, **sent)
        note(household_id=str(row.household_id))
        return _shown(session, row)


@blueprint.route("/roster-changes/<uuid:change_id>/undo", methods=["GET"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(OutlookOutput)
@blueprint.query(Input)
def preview_undoing(change_id: UUID) -> Any:
    """Show what undoing a change would do, and all that stands in its way."""
    with transaction() as session:
        return moves.preview_undoing(session, actor(), parts().sealer, change_id)
