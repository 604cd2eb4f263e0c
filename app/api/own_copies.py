"""Copies of what is held of oneself, or of one's ward."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from app import own_data
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, sent_moment, uid
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, sensitive, transaction
from app.identity import Permission

blueprint = Blueprint("own_copies", __name__, description="我的资料副本")
_KIND = "application/zip"


class CopyInput(Input):
    """Whose data: mine, or my ward's."""

    resident_id = uid(load_default=None, allow_none=True)


class CopyOutput(Output):
    """A copy; its file is there once it is ready, and until it expires."""

    id = fields.UUID(required=True)
    resident_id = fields.UUID(required=True, allow_none=True, attribute="ward_id")
    asked_at = sent_moment(required=True)
    ready_at = sent_moment(required=True, allow_none=True)
    expires_at = sent_moment(required=True, allow_none=True)
    ended_at = sent_moment(required=True, allow_none=True)
    size = fields.Integer(required=True, allow_none=True)


@blueprint.route("/me/copies", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(page_of(CopyOutput))
@blueprint.query(PageInput)
def list_copies(limit: int, after: str | None) -> dict[str, Any]:
    """List the copies that I asked for, the newest first."""

    def fetch(**span: Any) -> Any:
        return own_data.copies(session, actor(), **span)

    with transaction() as session:
        return page(fetch, lambda copy: copy.id, limit=limit, after=after)


@blueprint.route("/me/copies/<uuid:copy_id>", methods=["PUT"])
@allow(Permission.SELF, checked=True)
@blueprint.made_once(CopyOutput)
@blueprint.body(CopyInput)
def put_copy(sent: dict[str, Any], copy_id: UUID) -> tuple[Any, int]:
    """Ask for a copy of all that is held of me, or of my ward; it is ready within a day."""
    ward_id = sent["resident_id"]
    with transaction() as session:
        copy, made = own_data.ask_copy(session, actor(), parts().photos, copy_id, ward_id=ward_id)
        note(resident_id=str(ward_id) if ward_id else None)
    return copy, once(made)


@blueprint.route("/me/copies/<uuid:copy_id>/file", methods=["GET"])
@allow(Permission.SELF, checked=True)
@sensitive
@blueprint.file(_KIND)
def get_copy_file(copy_id: UUID) -> Response:
    """Give a copy's file to whoever asked for it: a ZIP of a page to read, tables and photos."""
    with transaction() as session:
        file = own_data.copy_file(session, actor(), parts().sealer, parts().photos, copy_id)
    response = Response(file.pieces, mimetype=_KIND)
    response.content_length = file.size
    response.headers["Content-Disposition"] = f'attachment; filename="copy-{copy_id}.zip"'
    return response
