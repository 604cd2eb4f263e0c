"""The queue of those who say who they are: the community admin finds them on the roster, or says no."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from app import identity
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, Text, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import sensitive, transaction
from app.identity import BindingRequestState, Permission

blueprint = Blueprint("binding_requests", __name__, description="绑定申请")


class BindingRequestListInput(PageInput):
    """Which requests."""

    state = word(BindingRequestState, load_default=None)


class ApproveBindingInput(Input):
    """Who it is."""

    resident_id = uid(required=True)


class RejectBindingInput(Input):
    """Why not."""

    note = Text(200, least=1, required=True)


class BindingRequestOutput(Output):
    """Who somebody says he is, and what was decided."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    user_id = fields.UUID(required=True)
    name = fields.String(required=True)
    door = fields.String(required=True)
    note = fields.String(required=True)
    asked_at = sent_moment(required=True)
    state = fields.Enum(BindingRequestState, by_value=True, required=True)
    decided_at = sent_moment(required=True, allow_none=True)
    decision_note = fields.String(required=True)
    resident_id = fields.UUID(required=True, allow_none=True)


BindingRequestPage = page_of(BindingRequestOutput)


@blueprint.route("/binding-requests", methods=["GET"])
@allow(Permission.BINDING_DECIDE)
@blueprint.answer(BindingRequestPage)
@blueprint.query(BindingRequestListInput)
@sensitive
def list_requests(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List the requests of my communities, the newest first."""

    def fetch(**span: Any) -> Any:
        return identity.binding_requests(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/binding-requests/<uuid:request_id>", methods=["GET"])
@allow(Permission.BINDING_DECIDE)
@blueprint.answer(BindingRequestOutput)
@sensitive
def get_request(request_id: UUID) -> Any:
    """Show one request."""
    with transaction() as session:
        return identity.request_in_scope(session, actor(), request_id)


@blueprint.route("/binding-requests/<uuid:request_id>/approve", methods=["POST"])
@allow(Permission.BINDING_DECIDE, checked=True)
@blueprint.answer(BindingRequestOutput)
@blueprint.body(ApproveBindingInput)
def approve(sent: dict[str, Any], request_id: UUID) -> Any:
    """Make the user this resident: a sensitive step, which opens what is kept of him."""
    with transaction() as session:
        return identity.approve_request(session, actor(), request_id, **sent)


@blueprint.route("/binding-requests/<uuid:request_id>/reject", methods=["POST"])
@allow(Permission.BINDING_DECIDE)
@blueprint.answer(BindingRequestOutput)
@blueprint.body(RejectBindingInput)
def reject(sent: dict[str, Any], request_id: UUID) -> Any:
    """Say no, and why."""
    with transaction() as session:
        return identity.reject_request(session, actor(), request_id, **sent)
