"""Drafts of checklists: written, compared, published."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, request
from marshmallow import fields

from app import checklists
from app.adapters import XLSX
from app.api.checklist_items import ItemInput, code_word, sheets_of
from app.api.checklists import ItemFieldsOutput, WholeChecklistOutput, shown
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.body_bounds import FORMS_BYTES, takes
from app.api.http.fields import Input, Output, Text, area_code, listed, sent_moment, uid, whole, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.identity import Permission
from app.places import PlaceKind

blueprint = Blueprint("checklist_drafts", __name__, description="检查表草稿")
_MOST_REVISION = 1_000_000
_WORKBOOK_BYTES = 2 * 1024 * 1024
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_WORKBOOK_BODY = {
    "required": True,
    "description": "Excel 工作簿（.xlsx），最多2MB",
    "content": dict.fromkeys((XLSX, "application/octet-stream"), _BINARY),
}


class ChecklistDraftListInput(PageInput):
    """Which page."""


class ChecklistDraftInput(Input):
    """A draft as it shall be; ``revision`` is the one it is written over, 0 for a new one.

    ``base_id`` names the version that it replaces, null for a new list; ``copied_from_id`` the list of an
    area above that it follows. Without ``items`` a new draft has those of that list, others keep their own.
    """

    revision = whole(0, _MOST_REVISION, required=True)
    area_code = area_code(required=True)
    code = code_word(required=True, least=1)
    kind = word(PlaceKind, required=True)
    title = Text(60, least=1, required=True)
    source = Text(500, load_default="")
    base_id = uid(load_default=None, allow_none=True)
    copied_from_id = uid(load_default=None, allow_none=True)
    items = listed(fields.Nested(ItemInput), checklists.MOST_ITEMS, load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"revision": data.pop("revision"), "sheet": checklists.DraftSheet(**data)}


class WorkbookInput(Input):
    """The revision that is written over, as it was shown."""

    revision = whole(1, _MOST_REVISION, strict=False, required=True)


class RevisionInput(Input):
    """The revision of the draft that is meant, as it was shown."""

    revision = whole(1, _MOST_REVISION, required=True)


class SinceInput(Input):
    """The version to compare with."""

    since_id = uid(load_default=None)


class ChecklistDraftOutput(Output):
    """A draft without its items; ``checklist_id`` is what it was published as."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    code = fields.String(required=True)
    kind = fields.Enum(PlaceKind, by_value=True, required=True)
    title = fields.String(required=True)
    source = fields.String(required=True)
    base_id = fields.UUID(required=True, allow_none=True)
    copied_from_id = fields.UUID(required=True, allow_none=True)
    revision = fields.Integer(required=True)
    written_at = sent_moment(required=True)
    checklist_id = fields.UUID(required=True, allow_none=True)
    ended_at = sent_moment(required=True, allow_none=True)


class WholeChecklistDraftOutput(ChecklistDraftOutput):
    """A draft with its items, in order."""

    items = fields.List(fields.Nested(ItemFieldsOutput), required=True)


class FieldChangeOutput(Output):
    """What a field said before, and what it says now."""

    field = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class PlacedItemOutput(ItemFieldsOutput):
    """An item that one of both lists has, and where."""

    position = fields.Integer(required=True)


class ItemChangeOutput(Output):
    """An item that both have, and what of it is otherwise."""

    code = fields.String(required=True)
    position = fields.Integer(required=True)
    text = fields.String(required=True)
    fields_ = fields.List(
        fields.Nested(FieldChangeOutput), attribute="fields", data_key="fields", required=True
    )


class MoveOutput(Output):
    """An item that stands elsewhere."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    before = fields.Integer(required=True)
    after = fields.Integer(required=True)


class ChangesOutput(Output):
    """What one list has otherwise than the other; items are the same if their codes are."""

    head = fields.List(fields.Nested(FieldChangeOutput), required=True)
    added = fields.List(fields.Nested(PlacedItemOutput), required=True)
    removed = fields.List(fields.Nested(PlacedItemOutput), required=True)
    changed = fields.List(fields.Nested(ItemChangeOutput), required=True)
    moved = fields.List(fields.Nested(MoveOutput), required=True)


@blueprint.route("/checklist-drafts", methods=["GET"])
@allow(Permission.CHECKLIST_WRITE)
@blueprint.answer(page_of(ChecklistDraftOutput))
@blueprint.query(ChecklistDraftListInput)
def list_checklist_drafts(limit: int, after: str | None) -> dict[str, Any]:
    """List the drafts that are being written, the newest first."""

    def fetch(**span: Any) -> Any:
        return checklists.open_drafts(session, actor(), **span)

    with transaction() as session:
        return page(fetch, lambda draft: draft.id, limit=limit, after=after)


@blueprint.route("/checklist-drafts/<uuid:draft_id>", methods=["PUT"])
@allow(Permission.CHECKLIST_WRITE)
@blueprint.made_once(WholeChecklistDraftOutput)
@blueprint.body(ChecklistDraftInput, most_bytes=FORMS_BYTES)
def put_checklist_draft(sent: dict[str, Any], draft_id: UUID) -> tuple[Any, int]:
    """Begin a draft, or replace what it says if nobody wrote it since."""
    with transaction() as session:
        draft, made = checklists.write(session, actor(), draft_id, **sent)
        return draft, once(made)


@blueprint.route("/checklist-drafts/<uuid:draft_id>", methods=["GET"])
@allow(Permission.CHECKLIST_WRITE)
@blueprint.answer(WholeChecklistDraftOutput)
def get_checklist_draft(draft_id: UUID) -> Any:
    """Show one draft with its items, also a published or discarded one."""
    with transaction() as session:
        return checklists.draft(session, actor(), draft_id)


@blueprint.route("/checklist-drafts/<uuid:draft_id>/changes", methods=["GET"])
@allow(Permission.CHECKLIST_WRITE)
@blueprint.answer(ChangesOutput)
@blueprint.query(SinceInput)
def get_checklist_draft_changes(draft_id: UUID, since_id: UUID | None) -> Any:
    """Say what a draft has otherwise than the version it replaces or copies, or than another one."""
    with transaction() as session:
        return checklists.draft_changes(session, actor(), draft_id, since_id=since_id)


@blueprint.route("/checklist-drafts/<uuid:draft_id>/workbook", methods=["PUT"])
@allow(Permission.CHECKLIST_WRITE)
@blueprint.doc(requestBody=_WORKBOOK_BODY)
@blueprint.answer(WholeChecklistDraftOutput)
@blueprint.query(WorkbookInput)
@takes(_WORKBOOK_BYTES)
def put_checklist_draft_workbook(draft_id: UUID, revision: int) -> Any:
    """Let a draft ask what a workbook asks, in the form in which lists are given; all of it or nothing."""
    items = sheets_of(checklists.read_items(request.get_data(cache=False)))
    with transaction() as session:
        return checklists.replace_items(session, actor(), draft_id, revision, items)


@blueprint.route("/checklists/<uuid:checklist_id>/workbook", methods=["GET"])
@allow(Permission.CHECKLIST_READ)
@blueprint.file(XLSX)
def get_checklist_workbook(checklist_id: UUID) -> Response:
    """Give a list as an Excel workbook, a row an item, which a draft takes back."""
    with transaction() as session:
        row = checklists.checklist(session, actor(), checklist_id)
        made = checklists.as_workbook(row.title, checklists.plain_items_of(row))
    response = Response(made, mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{row.code}-{row.version}.xlsx"'
    return response


@blueprint.route("/checklist-drafts/<uuid:draft_id>/follow", methods=["POST"])
@allow(Permission.CHECKLIST_WRITE)
@blueprint.answer(WholeChecklistDraftOutput)
@blueprint.body(RevisionInput)
def follow_with_checklist_draft(sent: dict[str, Any], draft_id: UUID) -> Any:
    """Let the draft of a copy take over what the list above added and changed; what it says itself stays."""
    with transaction() as session:
        return checklists.follow(session, actor(), draft_id, **sent)


@blueprint.route("/checklist-drafts/<uuid:draft_id>/publish", methods=["POST"])
@allow(Permission.CHECKLIST_WRITE)
@blueprint.answer(WholeChecklistDraftOutput)
@blueprint.body(RevisionInput)
def publish_checklist_draft(sent: dict[str, Any], draft_id: UUID) -> Any:
    """Make a draft the next version of its list, from this moment."""
    with transaction() as session:
        return checklists.publish(session, actor(), draft_id, **sent)


@blueprint.route("/checklist-drafts/<uuid:draft_id>/discard", methods=["POST"])
@allow(Permission.CHECKLIST_WRITE)
@blueprint.answer(WholeChecklistDraftOutput)
@blueprint.body(RevisionInput)
def discard_checklist_draft(sent: dict[str, Any], draft_id: UUID) -> Any:
    """Give a draft up."""
    with transaction() as session:
        return checklists.discard(session, actor(), draft_id, **sent)


@blueprint.route("/checklists/<uuid:checklist_id>/changes", methods=["GET"])
@allow(Permission.CHECKLIST_READ)
@blueprint.answer(ChangesOutput)
@blueprint.query(SinceInput)
def get_checklist_changes(checklist_id: UUID, since_id: UUID | None) -> Any:
    """Say what a version has otherwise than another one, the one before unless another is named."""
    with transaction() as session:
        return checklists.changes(session, actor(), checklist_id, since_id=since_id)


@blueprint.route("/checklists/<uuid:checklist_id>/retire", methods=["POST"])
@allow(Permission.CHECKLIST_WRITE)
@blueprint.answer(WholeChecklistOutput)
def retire_checklist(checklist_id: UUID) -> Any:
    """Take a list out of use; the places of a copy have the list above again."""
    with transaction() as session:
        return shown(session, checklists.retire(session, actor(), checklist_id))
