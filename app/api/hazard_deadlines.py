"""Offices that urge a hazard, and more time for it: steps that leave its state as it is."""

from typing import Any
from uuid import UUID

from app import hazards
from app.api.hazard_steps import step_note, taken
from app.api.hazards import WholeHazardOutput
from app.api.http.allow import allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import StepInput, day
from app.api.signals import photo_ids
from app.identity import Permission

blueprint = Blueprint("hazard_deadlines", __name__, description="隐患督办和延期")


class SuperviseInput(StepInput):
    """What the office wants done."""

    note = step_note(least=1, required=True)


class AnswerOfficeInput(StepInput):
    """What whoever is to see to it answers."""

    note = step_note(least=1, required=True)
    photo_ids = photo_ids()


class AskExtensionInput(StepInput):
    """Until the end of which day, and why."""

    until = day(required=True)
    reason = step_note(least=1, required=True)


class GrantExtensionInput(StepInput):
    """What goes with the time given."""

    note = step_note(load_default="")


class RefuseExtensionInput(StepInput):
    """Why there is no more time."""

    reason = step_note(least=1, required=True)


@blueprint.route("/hazards/<uuid:hazard_id>/supervise", methods=["POST"])
@allow(Permission.HAZARD_SUPERVISE)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(SuperviseInput)
def supervise_hazard(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Urge whoever is to see to a hazard, as an office; it waits for an answer."""
    return taken(hazards.supervise, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/answer", methods=["POST"])
@allow(Permission.HAZARD_RECTIFY)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(AnswerOfficeInput)
def answer_office(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Answer the office that urged a hazard; its assignee does, or an admin of the community."""
    return taken(hazards.answer, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/ask-extension", methods=["POST"])
@allow(Permission.HAZARD_RECTIFY)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(AskExtensionInput)
def ask_extension(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Ask for more time; only the assignee does."""
    return taken(hazards.ask_extension, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/grant-extension", methods=["POST"])
@allow(Permission.HAZARD_ASSIGN)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(GrantExtensionInput)
def grant_extension(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Give the time that was asked for; of a major hazard the county decides."""
    return taken(hazards.grant_extension, hazard_id, **sent)


@blueprint.route("/hazards/<uuid:hazard_id>/refuse-extension", methods=["POST"])
@allow(Permission.HAZARD_ASSIGN)
@blueprint.answer(WholeHazardOutput)
@blueprint.body(RefuseExtensionInput)
def refuse_extension(sent: dict[str, Any], hazard_id: UUID) -> Any:
    """Leave the deadline as it is, with the reason."""
    return taken(hazards.refuse_extension, hazard_id, **sent)
