"""Births, deaths, moves and absences: who lives where changes."""

from enum import StrEnum
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import moves, people
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Flag, Input, Output, StepInput, Text, day, listed, uid, word
from app.api.http.parts import parts
from app.api.http.recording import note, transaction
from app.api.roster_changes import RosterChangeOutput, ShownChange, shown_changes
from app.identity import Permission
from app.people import GuardianRelation, LeftWhy, PresenceState, Relation, Sex

blueprint = Blueprint("moves", __name__, description="出生、搬家、去世、外出")
_MAX_REASON = 200
_MOST_OF_HOME = 50


def _why() -> Text:
    return Text(_MAX_REASON, lines=True, load_default="")


class WhyLeave(StrEnum):
    """Why somebody leaves; that a row is another's duplicate is said elsewhere."""

    MOVED_OUT = LeftWhy.MOVED_OUT.value
    DIED = LeftWhy.DIED.value


class NewbornRelation(StrEnum):
    """What a newborn child may be to the head of its household."""

    CHILD = Relation.CHILD.value
    GRANDCHILD = Relation.GRANDCHILD.value
    SIBLING = Relation.SIBLING.value
    OTHER = Relation.OTHER.value


class LeaveInput(StepInput):
    """Until which day somebody lived there, and why no longer."""

    left_on = day(required=True)
    why = word(WhyLeave, required=True)
    reason = _why()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data.pop("step_id"), "new": moves.Leaving(**data | {"why": LeftWhy(data["why"])})}


class MoveInput(StepInput):
    """Into which household, as what to its head, and since when."""

    household_id = uid(required=True)
    relation = word(Relation, required=True)
    moved_on = day(required=True)
    reason = _why()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data.pop("step_id"), "new": moves.Move(**data)}


class HomeMoveInput(StepInput):
    """Into which building, behind which door, and since when."""

    place_id = uid(required=True)
    door = Text(20, least=1, required=True)
    moved_on = day(required=True)
    reason = _why()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data.pop("step_id"), "new": moves.HomeMove(**data)}


class PresenceInput(StepInput):
    """Whether somebody is at home, away or back for the holidays, since when, and until when away."""

    presence = word(PresenceState, required=True)
    since = day(required=True)
    back_on = day(load_default=None, allow_none=True)
    reason = _why()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data.pop("step_id"), "new": moves.NewPresence(**data)}


class HomePresenceInput(PresenceInput):
    """The same of these of a household; null is all who live there."""

    resident_ids = listed(uid(required=True), _MOST_OF_HOME, least=1, load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        step_id, resident_ids = data.pop("step_id"), data.pop("resident_ids")
        return {"step_id": step_id, "sent": moves.HomePresence(moves.NewPresence(**data), resident_ids)}


class BirthInput(Input):
    """A newborn child and who answers for it, each with its id; ``proof`` names the document shown."""

    id = uid(required=True)
    name = Text(40, least=1, required=True)
    sex = word(Sex, required=True)
    birth_date = day(required=True)
    another_person = Flag(load_default=False)
    relation = word(NewbornRelation, required=True)
    guardianship_id = uid(required=True)
    guardian_id = uid(required=True)
    guardian_relation = word(GuardianRelation, required=True)
    proof = Text(200, least=2, required=True)


class BirthOutput(Output):
    """Under which ids they were entered."""

    id = fields.UUID(required=True)
    household_id = fields.UUID(required=True)
    guardianship_id = fields.UUID(required=True)


def _shown(session: Any, row: Any) -> ShownChange:
    (shown,) = shown_changes(session, [row])
    return shown


@blueprint.route("/residents/<uuid:resident_id>/leave", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(LeaveInput)
def leave(sent: dict[str, Any], resident_id: UUID) -> Any:
    """Say that somebody moved out or died: account, care and proxies end, points stay with the household."""
    with transaction() as session:
        return _shown(session, moves.leave(session, actor(), parts().sealer, resident_id, **sent))


@blueprint.route("/residents/<uuid:resident_id>/return", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(MoveInput)
def come_back(sent: dict[str, Any], resident_id: UUID) -> Any:
    """Let somebody who left live here again; what had ended is begun anew."""
    with transaction() as session:
        return _shown(session, moves.come_back(session, actor(), parts().sealer, resident_id, **sent))


@blueprint.route("/residents/<uuid:resident_id>/move", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(MoveInput)
def move(sent: dict[str, Any], resident_id: UUID) -> Any:
    """Let somebody live in another household, with what is open of him."""
    with transaction() as session:
        return _shown(session, moves.move(session, actor(), parts().sealer, resident_id, **sent))


@blueprint.route("/households/<uuid:household_id>/move", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(HomeMoveInput)
def move_home(sent: dict[str, Any], household_id: UUID) -> Any:
    """Let a household live behind another door of its community, with its people and points."""
    with transaction() as session:
        return _shown(session, moves.move_home(session, actor(), parts().sealer, household_id, **sent))


@blueprint.route("/households/<uuid:household_id>/births", methods=["POST"])
@allow(Permission.ROSTER_WRITE)
@blueprint.made_once(BirthOutput)
@blueprint.body(BirthInput)
def enter_birth(sent: dict[str, Any], household_id: UUID) -> tuple[Any, int]:
    """Enter a newborn child with its guardian, who is then to be verified."""
    child_id = sent["id"]
    of_child = {name: sent[name] for name in ("name", "sex", "birth_date", "another_person")}
    of_child["relation"] = Relation(sent["relation"])
    child = people.NewResident(household_id, **of_child, presence=PresenceState.HOME)
    of_guardian = {name: sent[name] for name in ("guardian_id", "guardian_relation", "proof")}
    new = moves.Birth(child, sent["guardianship_id"], **of_guardian)
    with transaction() as session:
        row, made = moves.enter_birth(session, actor(), parts().sealer, child_id, new)
        note(child_id=str(child_id), guardian_id=str(sent["guardian_id"]))
        told = {"id": row.id, "household_id": row.household_id, "guardianship_id": sent["guardianship_id"]}
        return told, once(made)


@blueprint.route("/residents/<uuid:resident_id>/presence", methods=["POST"])
@allow(Permission.PRESENCE_SET)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(PresenceInput)
def set_presence(sent: dict[str, Any], resident_id: UUID) -> Any:
    """Say whether somebody is at home, away, or back for the holidays: who is away is not due for visits."""
    with transaction() as session:
        return _shown(session, moves.set_presence(session, actor(), parts().sealer, resident_id, **sent))


@blueprint.route("/households/<uuid:household_id>/presence", methods=["POST"])
@allow(Permission.PRESENCE_SET)
@blueprint.answer(RosterChangeOutput)
@blueprint.body(HomePresenceInput)
def set_presence_of_home(sent: dict[str, Any], household_id: UUID) -> Any:
    """Say the same of a whole household, or of some of it, in one step."""
    with transaction() as session:
        row = moves.set_presence_of_home(session, actor(), parts().sealer, household_id, **sent)
        return _shown(session, row)
