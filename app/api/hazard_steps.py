"""The steps of a hazard's closed loop; each is safe to send again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import hazards, people
from app.api.hazards import WholeHazardOutput
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Flag, Input, StepInput, Text, day, moment, uid, word
from app.api.http.parts import parts
from app.api.http.recording import transaction
from app.api.signals import photo_ids, taken_at
from app.hazards import HazardCategory, HazardLevel
from app.identity import Permission

blueprint = Blueprint("hazard_steps", __name__, description="隐患处置")
MAX_NOTE = 500


def step_note(**kwargs: Any) -> Text:
    """Give a field for what somebody writes to a step."""
    return Text(MAX_NOTE, lines=True, **kwargs)


def printed(most: int, **kwargs: Any) -> Text:
    """Give a field for what is printed or goes to other offices: it holds nobody's own number."""
    return Text(most, checks=[_no_persons_number], **kwargs)


def _no_persons_number(text: str) -> None:
    if people.numbers_in_texts.holds_a_number(text):
        raise ma.ValidationError("请写单位的办公电话，不要写个人手机号或身份证号")


class AcceptInput(StepInput):
    """What the report proved to be; what is left out stays as reported."""

    level = word(HazardLevel, load_default=None, allow_none=True)
    category = word(HazardCategory, load_default=None, allow_none=True)
    note = step_note(load_default="")


class RejectInput(StepInput):
    """Why it is no hazard."""

    reason = step_note(least=1, required=True)


class RaiseLevelInput(StepInput):
    """Why it is major."""

    reason = step_note(least=1, required=True)


class DuplicateInput(StepInput):
    """Which hazard names the same thing already."""

    duplicate_of_id = uid(required=True)
    note = step_note(load_default="")


class AssignInput(StepInput):
    """Which person or unit puts it right, until when; a major hazard needs controls, a change a reason.

    ``former_id`` is whoever has it so far: null the first time, else the ``assignee_id`` that was shown, or
    the ``unit_id`` where none was.
    """

    assignee_id = uid(load_default=None, allow_none=True)
    unit_id = uid(load_default=None, allow_none=True)
    former_id = uid(load_default=None, allow_none=True)
    due_at = moment(load_default=None, allow_none=True)
    controls = step_note(load_default="")
    note = step_note(load_default="")

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Want one of the two."""
        if not data.get("assignee_id") and not data.get("unit_id"):
            raise ma.ValidationError("请选整改人或整改单位", "assignee_id")
        if data.get("assignee_id") and data.get("unit_id"):
            raise ma.ValidationError("整改人和整改单位只能选一个", "unit_id")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data.pop("step_id"), "given": hazards.Assignment(**data)}


class FiveFixedInput(Input):
    """The five items fixed before work on a major hazard starts."""

    measures = step_note(load_default="")
    funds = step_note(load_default="")
    responsible = step_note(load_default="")
    deadline = day(load_default=None, allow_none=True)
    contingency = step_note(load_default="")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> hazards.FiveFixed:
        """Give what the domain takes."""
        return hazards.FiveFixed(**data)


class StartInput(StepInput):
    """The start of the work."""

    five_fixed = fields.Nested(FiveFixedInput, load_default=None, allow_none=True)
    note = step_note(load_default="")
    captured_at = taken_at()


class RectifyInput(StepInput):
    """What was done, in words or pictures."""

    note = step_note(load_default="")
    photo_ids = photo_ids()
    captured_at = taken_at()


class RecheckInput(StepInput):
    """What the recheck found; ``due_at`` is the new deadline if it failed."""

    passed = Flag(required=True)
    note = step_note(load_default="")
    photo_ids = photo_ids()
    due_at = moment(load_default=None, allow_none=True)
    captured_at = taken_at()

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Ask a failed recheck for what is still wrong, and refuse a deadline after a passed one."""
        if not data["passed"] and not data["note"]:
            raise ma.ValidationError("请写明还有什么没整改好", "note")
        if data["passed"] and data["due_at"] is not None:
            raise ma.ValidationError("复查通过就不用再定期限", "due_at")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        beside = {name: data.pop(name) for name in ("step_id", "captured_at")}
        return {**beside, "recheck": hazards.Recheck(**data)}


def taken(step: Callable[..., Any], *subject: Any, **sent: Any) -> Any:
    """Take a step as whoever asks, and give the hazard as he may read it then."""
    with transaction() as session:
        row = step(session, actor(), *subject, **sent)
        return hazards.hazard(session, actor().as_author(row.area_code), row.id)


@blueprint.route("/hazards/<uuid:hazard_id>/accept", methods=["POST"])
@allow(Permission.HAZARD_ACCEPT)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(AcceptInput)
def accept_hazard(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Accept a report; a resident's report earns points."""
    return taken(hazards.accept, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/reject", methods=["POST"])
@allow(Permission.HAZARD_ACCEPT)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(RejectInput)
def reject_hazard(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """End a report that is no hazard; of a major one the county says so."""
    return taken(hazards.reject, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/duplicate", methods=["POST"])
@allow(Permission.HAZARD_TRIAGE)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(DuplicateInput)
def mark_duplicate(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """End a report of something that another hazard already names."""
    return taken(hazards.duplicate, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/raise-level", methods=["POST"])
@allow(Permission.HAZARD_ACCEPT)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(RaiseLevelInput)
def raise_level(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Make a general hazard major that was accepted before; the county is told at once."""
    return taken(hazards.raise_level, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/assign", methods=["POST"])
@allow(Permission.HAZARD_ASSIGN)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(AssignInput)
def assign_hazard(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Give a hazard to somebody, with a deadline, or take it from one to another, with a reason."""
    return taken(hazards.assign, parts().calendar, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/start", methods=["POST"])
@allow(Permission.HAZARD_RECTIFY)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(StartInput)
def start_hazard(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Start the work; only its assignee does, or one of its unit, who is the assignee then."""
    return taken(hazards.start, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/rectify", methods=["POST"])
@allow(Permission.HAZARD_RECTIFY)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(RectifyInput)
def rectify_hazard(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Say that the work is done; only its assignee does."""
    return taken(hazards.rectify, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/verify", methods=["POST"])
@allow(Permission.HAZARD_VERIFY)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(RecheckInput)
def verify_hazard(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Recheck the work; nobody rechecks his own."""
    return taken(hazards.verify, parts().calendar, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/close", methods=["POST"])
@allow(Permission.HAZARD_CLOSE_MAJOR)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(RecheckInput)
def close_hazard(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Close a verified major hazard after the county's own recheck."""
    return taken(hazards.close, parts().calendar, hazard_id, **sent)
