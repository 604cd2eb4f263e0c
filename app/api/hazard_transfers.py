"""Hazards that another department puts right, and temporary controls of major ones."""

from typing import Any
from uuid import UUID

import marshmallow as ma

from app import hazards
from app.api.hazard_steps import MAX_NOTE, printed, step_note, taken
from app.api.hazards import WholeHazardOutput
from app.api.http.allow import allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Flag, StepInput, day, listed, uid, word
from app.api.signals import photo_ids, taken_at
from app.evidence import MAX_PHOTOS
from app.hazards import Department
from app.identity import Permission

blueprint = Blueprint("hazard_transfers", __name__, description="隐患移交和临时管控")
_LONGEST_LINE = 100


class TransferInput(StepInput):
    """To which department, what was handed over in words and pictures, and by which day it is to answer."""

    department = word(Department, required=True)
    note = printed(MAX_NOTE, least=1, lines=True, required=True)
    reference = printed(_LONGEST_LINE, load_default="")
    contact = printed(_LONGEST_LINE, load_default="")
    expected_on = day(required=True)
    photo_ids = photo_ids()

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        step_id, named = data.pop("step_id"), tuple(data.pop("photo_ids"))
        return {"step_id": step_id, "given": hazards.Transfer(**data, photo_ids=named)}


class DepartmentAnswerInput(StepInput):
    """What the department answered; if it was not done, the community has the hazard again."""

    done = Flag(required=True)
    note = step_note(least=1, required=True)
    photo_ids = photo_ids()


class ControlsInput(StepInput):
    """What keeps people safe until it is put right, in words and pictures."""

    note = step_note(least=1, required=True)
    photo_ids = listed(uid(), MAX_PHOTOS, least=1, required=True)
    captured_at = taken_at()


class CheckControlsInput(StepInput):
    """Whether that is enough."""

    passed = Flag(required=True)
    note = step_note(load_default="")
    photo_ids = photo_ids()

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Ask what is missing where it is not."""
        if not data["passed"] and not data["note"]:
            raise ma.ValidationError("请写明管控还缺什么", "note")


@blueprint.route("/hazards/<uuid:hazard_id>/transfer", methods=["POST"])
@allow(Permission.HAZARD_ASSIGN)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(TransferInput)
def transfer_hazard(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Hand a hazard to another department; it stays open on the community's books."""
    return taken(hazards.transfer, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/department-answer", methods=["POST"])
@allow(Permission.HAZARD_ASSIGN)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(DepartmentAnswerInput)
def record_department_answer(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Record what the department answered; what it put right is rechecked."""
    return taken(hazards.department_answer, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/report-controls", methods=["POST"])
@allow(Permission.HAZARD_RECTIFY)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(ControlsInput)
def report_controls(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Show the temporary controls of a major hazard; its assignee does, or an admin."""
    return taken(hazards.report_controls, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/check-controls", methods=["POST"])
@allow(Permission.HAZARD_CLOSE_MAJOR)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(CheckControlsInput)
def check_controls(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Find the temporary controls good, or want others, as the county."""
    return taken(hazards.check_controls, hazard_id, **sent)
