"""Corrections: I say what is wrong in my record, and the community puts it right or says why not."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import own_data
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Text, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, note_approval, reading, sensitive, transaction
from app.identity import Permission
from app.own_data import CorrectionField, NewCorrection, OwnRequestState

blueprint = Blueprint("corrections", __name__, description="资料更正")


class CorrectionInput(Input):
    """What is wrong; ``value`` is what is right, as the field has it, and empty takes a number away."""

    field = word(CorrectionField, required=True)
    value = Text(400, lines=True, required=True, load_only=True)
    said = Text(400, lines=True, load_default="", load_only=True)
    resident_id = uid(load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewCorrection:
        """Give what the domain takes."""
        return NewCorrection(**data)


class CorrectionOutput(Output):
    """A request, and what was decided."""

    id = fields.UUID(required=True)
    resident_id = fields.UUID(required=True)
    field = fields.Enum(CorrectionField, by_value=True, required=True)
    asked_at = sent_moment(required=True)
    due_at = sent_moment(required=True)
    state = fields.Enum(OwnRequestState, by_value=True, required=True)
    decided_at = sent_moment(required=True, allow_none=True)
    decision_note = fields.String(required=True)


class StaffCorrectionOutput(CorrectionOutput):
    """A request as the community sees it in its list."""

    area_code = fields.String(required=True)
    asked_by = fields.UUID(required=True)


class OpenedCorrectionOutput(StaffCorrectionOutput):
    """A request with what it asks for; both are null once nobody needs them."""

    value = fields.String(required=True, allow_none=True)
    said = fields.String(required=True, allow_none=True)


class CorrectionListInput(PageInput):
    """Which requests."""

    state = word(OwnRequestState, load_default=None)


class CorrectionDecisionInput(Input):
    """What was put right and why, or why not."""

    note = Text(400, least=1, lines=True, required=True)


class CorrectionApprovalInput(CorrectionDecisionInput):
    """What was put right and why, and the second person's approval where a minor's age is at stake."""

    approval_id = uid(load_default=None, allow_none=True)


@blueprint.route("/me/corrections", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(page_of(CorrectionOutput))
@blueprint.query(PageInput)
def my_corrections(limit: int, after: str | None) -> dict[str, Any]:
    """List what I asked to be put right, the newest first."""

    def fetch(**span: Any) -> Any:
        return own_data.own_corrections(session, actor(), **span)

    with reading() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/me/corrections/<uuid:correction_id>", methods=["PUT"])
@allow(Permission.CORRECTION_ASK)
@blueprint.made_once(CorrectionOutput)
@blueprint.body(CorrectionInput)
def put_correction(new: NewCorrection, correction_id: UUID) -> tuple[Any, int]:
    """Ask that something of my record, or of my ward's, be put right; it is decided within 15 days."""
    with transaction() as session:
        row, made = own_data.ask_correction(session, actor(), parts().sealer, correction_id, new)
        note(resident_id=str(row.resident_id), field=row.field.value)
    return row, once(made)


@blueprint.route("/me/corrections/<uuid:correction_id>/withdraw", methods=["POST"])
@allow(Permission.SELF)
@blueprint.answer(CorrectionOutput)
def withdraw_correction(correction_id: UUID) -> Any:
    """Take my request back."""
    with transaction() as session:
        return own_data.withdraw_correction(session, actor(), correction_id)


@blueprint.route("/corrections", methods=["GET"])
@allow(Permission.CORRECTION_DECIDE)
@blueprint.answer(page_of(StaffCorrectionOutput))
@blueprint.query(CorrectionListInput)
@sensitive
def list_corrections(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List the requests of my areas, the newest first."""

    def fetch(**span: Any) -> Any:
        return own_data.corrections(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/corrections/<uuid:correction_id>", methods=["GET"])
@allow(Permission.CORRECTION_DECIDE, checked=True)
@blueprint.answer(OpenedCorrectionOutput)
@sensitive
def get_correction(correction_id: UUID) -> Any:
    """Show one request with what it asks for in clear, to be compared with what the person shows.

    A phone or ID number counts among the numbers that one may see on a day.
    """
    with transaction() as session:
        row = own_data.correction_in_scope(session, actor(), correction_id)
        note(resident_id=str(row.resident_id), field=row.field.value)
        wanted = own_data.open_correction(session, actor(), parts().showing, row)
    shown = {name: getattr(row, name) for name in StaffCorrectionOutput().fields}
    return shown | {"value": wanted.value, "said": wanted.said}


@blueprint.route("/corrections/<uuid:correction_id>/approve", methods=["POST"])
@allow(Permission.CORRECTION_DECIDE, checked=True)
@blueprint.answer(StaffCorrectionOutput)
@blueprint.body(CorrectionApprovalInput)
def approve_correction(sent: dict[str, Any], correction_id: UUID) -> Any:
    """Put it right, and say what and why; a minor's age takes a second person's approval."""
    note_approval(sent["approval_id"])
    with transaction() as session:
        row = own_data.approve_correction(session, actor(), parts().sealer, correction_id, **sent)
        note(resident_id=str(row.resident_id), field=row.field.value)
        return row


@blueprint.route("/corrections/<uuid:correction_id>/refuse", methods=["POST"])
@allow(Permission.CORRECTION_DECIDE)
@blueprint.answer(StaffCorrectionOutput)
@blueprint.body(CorrectionDecisionInput)
def refuse_correction(sent: dict[str, Any], correction_id: UUID) -> Any:
    """Say no, and why."""
    with transaction() as session:
        row = own_data.refuse_correction(session, actor(), correction_id, note=sent["note"])
        note(resident_id=str(row.resident_id), field=row.field.value)
        return row
