"""What is held of me or my ward, by kind and count; and asking that some of it be deleted."""

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
from app.own_data import DeletionKind, NewDeletion, OwnRequestState

blueprint = Blueprint("deletions", __name__, description="资料种类和删除")


class HeldInput(Input):
    """Mine, or my ward's."""

    resident_id = uid(load_default=None)


class HeldKindOutput(Output):
    """One kind of records, named as in a copy, and how many there are."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    count = fields.Integer(required=True)


class HeldKindsOutput(Output):
    """All kinds of which there is anything."""

    items = fields.List(fields.Nested(HeldKindOutput), required=True)


class DeletionInput(Input):
    """What is to go, of me or of my ward."""

    what = word(DeletionKind, required=True)
    resident_id = uid(load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewDeletion:
        """Give what the domain takes."""
        return NewDeletion(**data)


class DeletionOutput(Output):
    """A request, what was decided and why, how many things went and how many a law keeps."""

    id = fields.UUID(required=True)
    resident_id = fields.UUID(required=True)
    what = fields.Enum(DeletionKind, by_value=True, required=True)
    asked_at = sent_moment(required=True)
    due_at = sent_moment(required=True)
    state = fields.Enum(OwnRequestState, by_value=True, required=True)
    decided_at = sent_moment(required=True, allow_none=True)
    decision_note = fields.String(required=True)
    deleted = fields.Integer(required=True, allow_none=True)
    kept = fields.Integer(required=True, allow_none=True)


class StaffDeletionOutput(DeletionOutput):
    """A request as the community sees it."""

    area_code = fields.String(required=True)
    asked_by = fields.UUID(required=True)


class DeletionListInput(PageInput):
    """Which requests."""

    state = word(OwnRequestState, load_default=None)


class DeletionDecisionInput(Input):
    """What was deleted and what stays, or why nothing was; the person reads it."""

    note = Text(400, least=1, lines=True, required=True)


class DeletionApprovalInput(DeletionDecisionInput):
    """What was deleted and what stays, and the second person's approval of a minor's ID number."""

    approval_id = uid(load_default=None, allow_none=True)


@blueprint.route("/me/held", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(HeldKindsOutput)
@blueprint.query(HeldInput)
@sensitive
def my_held(resident_id: UUID | None) -> dict[str, Any]:
    """Show what kinds of data are held of me, or of my ward, and how much of each."""
    with transaction() as session:
        kinds = own_data.held(session, actor(), ward_id=resident_id)
        note(resident_id=str(resident_id) if resident_id else None)
    return {"items": kinds}


@blueprint.route("/me/deletions", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(page_of(DeletionOutput))
@blueprint.query(PageInput)
def my_deletions(limit: int, after: str | None) -> dict[str, Any]:
    """List what I asked to be deleted, the newest first."""

    def fetch(**span: Any) -> Any:
        return own_data.own_deletions(session, actor(), **span)

    with reading() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/me/deletions/<uuid:deletion_id>", methods=["PUT"])
@allow(Permission.DELETION_ASK)
@blueprint.made_once(DeletionOutput)
@blueprint.body(DeletionInput)
def put_deletion(new: NewDeletion, deletion_id: UUID) -> tuple[Any, int]:
    """Ask that some of what is held of me, or of my ward, be deleted; it is decided within 15 days."""
    with transaction() as session:
        row, made = own_data.ask_deletion(session, actor(), deletion_id, new)
        note(resident_id=str(row.resident_id), what=row.what.value)
    return row, once(made)


@blueprint.route("/me/deletions/<uuid:deletion_id>/withdraw", methods=["POST"])
@allow(Permission.SELF)
@blueprint.answer(DeletionOutput)
def withdraw_deletion(deletion_id: UUID) -> Any:
    """Take my request back."""
    with transaction() as session:
        return own_data.withdraw_deletion(session, actor(), deletion_id)


@blueprint.route("/deletions", methods=["GET"])
@allow(Permission.DELETION_DECIDE)
@blueprint.answer(page_of(StaffDeletionOutput))
@blueprint.query(DeletionListInput)
@sensitive
def list_deletions(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List the requests of my areas, the newest first."""

    def fetch(**span: Any) -> Any:
        return own_data.deletions(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/deletions/<uuid:deletion_id>/approve", methods=["POST"])
@allow(Permission.DELETION_DECIDE, checked=True)
@blueprint.answer(StaffDeletionOutput)
@blueprint.body(DeletionApprovalInput)
def approve_deletion(sent: dict[str, Any], deletion_id: UUID) -> Any:
    """Delete what no law keeps, and say what was done and what stays.

    A minor's ID number goes only with the approval of a second person.
    """
    note_approval(sent["approval_id"])
    with transaction() as session:
        row = own_data.approve_deletion(session, actor(), parts().sealer, deletion_id, **sent)
        note(resident_id=str(row.resident_id), what=row.what.value, deleted=row.deleted, kept=row.kept)
        return row


@blueprint.route("/deletions/<uuid:deletion_id>/refuse", methods=["POST"])
@allow(Permission.DELETION_DECIDE)
@blueprint.answer(StaffDeletionOutput)
@blueprint.body(DeletionDecisionInput)
def refuse_deletion(sent: dict[str, Any], deletion_id: UUID) -> Any:
    """Say no, and why."""
    with transaction() as session:
        row = own_data.refuse_deletion(session, actor(), deletion_id, note=sent["note"])
        note(resident_id=str(row.resident_id), what=row.what.value)
        return row
