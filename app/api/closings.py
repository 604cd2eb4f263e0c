"""Closing an account (注销): what it means, asking, taking it back; and what the auditor sees of it."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from app import own_data
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, sensitive, transaction
from app.identity import Permission
from app.own_data import Closing, ClosingReason, ClosingState, FrozenKind

blueprint = Blueprint("closings", __name__, description="注销账号")


class ClosingInput(Input):
    """Whose account: mine, or my ward's."""

    resident_id = uid(load_default=None, allow_none=True)


class ClosingTermOutput(Output):
    """One thing to know beforehand."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)


class ClosingReasonOutput(Output):
    """What stands in the way, and what to do about it."""

    code = fields.Enum(ClosingReason, by_value=True, required=True)
    text = fields.String(required=True)


class ClosingTermsOutput(Output):
    """What closing would mean now; with any reason it would be refused."""

    items = fields.List(fields.Nested(ClosingTermOutput), required=True)
    points = fields.Integer(required=True, allow_none=True)
    reasons = fields.List(fields.Nested(ClosingReasonOutput), required=True)


class ClosingOutput(Output):
    """A wish to close an account, and what became of it."""

    id = fields.UUID(required=True)
    resident_id = fields.UUID(required=True, allow_none=True, attribute="ward_id")
    asked_at = sent_moment(required=True)
    carry_out_at = sent_moment(required=True)
    due_at = sent_moment(required=True)
    state = fields.Enum(ClosingState, by_value=True, required=True)
    reasons = fields.List(fields.Nested(ClosingReasonOutput), required=True)
    begun_at = sent_moment(required=True, allow_none=True)
    ended_at = sent_moment(required=True, allow_none=True)


class AuditedClosingOutput(ClosingOutput):
    """The same, with whose account it is."""

    area_code = fields.String(required=True, allow_none=True)
    asked_by = fields.UUID(required=True)
    user_id = fields.UUID(required=True)


class FrozenInput(PageInput):
    """Which kind of rows."""

    kind = word(FrozenKind, required=True)


class FrozenRowOutput(Output):
    """A row that is kept because a law demands it."""

    id = fields.UUID(required=True)
    values = fields.Dict(keys=fields.String(), required=True)


@blueprint.route("/me/closing-terms", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(ClosingTermsOutput)
@blueprint.query(ClosingInput)
def show_terms(resident_id: UUID | None) -> dict[str, Any]:
    """Tell what closing my account, or my ward's, would mean: what goes, what stays, what of the points."""
    with transaction() as session:
        terms = own_data.closing_terms(session, actor(), ward_id=resident_id)
    return {"items": terms.items, "points": terms.points, "reasons": _in_words(terms.reasons)}


@blueprint.route("/me/closings", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(page_of(ClosingOutput))
@blueprint.query(PageInput)
def list_mine(limit: int, after: str | None) -> dict[str, Any]:
    """List what I asked for, and what was asked about my account, the newest first."""

    def fetch(**span: Any) -> Any:
        return own_data.own_closings(session, actor(), **span)

    with transaction() as session:
        return _shown(page(fetch, lambda row: row.id, limit=limit, after=after), ClosingOutput)


@blueprint.route("/me/closings/<uuid:closing_id>", methods=["PUT"])
@allow(Permission.SELF, checked=True)
@blueprint.made_once(ClosingOutput)
@blueprint.body(ClosingInput)
def put_closing(sent: dict[str, Any], closing_id: UUID) -> tuple[Any, int]:
    """Ask that my account, or my ward's, be closed; what stands in the way is told at once."""
    ward_id = sent["resident_id"]
    with transaction() as session:
        row, made = own_data.ask_closing(session, actor(), parts().calendar, closing_id, ward_id=ward_id)
        note(resident_id=str(ward_id) if ward_id else None, state=row.state.value)
    return _plain(row, ClosingOutput), once(made)


@blueprint.route("/me/closings/<uuid:closing_id>/withdraw", methods=["POST"])
@allow(Permission.SELF)
@blueprint.answer(ClosingOutput)
def withdraw_closing(closing_id: UUID) -> dict[str, Any]:
    """Take my wish back, or what was asked about me, while nothing is done yet."""
    with transaction() as session:
        row = own_data.withdraw_closing(session, actor(), closing_id)
    return _plain(row, ClosingOutput)


@blueprint.route("/closings", methods=["GET"])
@allow(Permission.AUDIT_READ)
@blueprint.answer(page_of(AuditedClosingOutput))
@blueprint.query(PageInput)
def list_closings(limit: int, after: str | None) -> dict[str, Any]:
    """List the closings of my areas, the newest first; only auditors see them."""

    def fetch(**span: Any) -> Any:
        return own_data.closings_in_scope(session, actor(), **span)

    with transaction() as session:
        return _shown(page(fetch, lambda row: row.id, limit=limit, after=after), AuditedClosingOutput)


@blueprint.route("/closings/<uuid:closing_id>/frozen", methods=["GET"])
@allow(Permission.AUDIT_READ, checked=True)
@blueprint.answer(page_of(FrozenRowOutput))
@blueprint.query(FrozenInput)
@sensitive
def list_frozen(limit: int, after: str | None, kind: FrozenKind, closing_id: UUID) -> dict[str, Any]:
    """List what the law keeps of a closed account, one kind at a time; nobody else can read it any more."""

    def fetch(**span: Any) -> Any:
        return own_data.frozen_rows(session, actor(), parts().sealer, closing_id, kind, **span)

    with transaction() as session:
        note(kind=kind.value)
        return page(fetch, lambda row: row.id, limit=limit, after=after)


def _in_words(reasons: list[Any]) -> list[dict[str, Any]]:
    return [{"code": ClosingReason(one), "text": own_data.IN_WORDS[ClosingReason(one)]} for one in reasons]


def _plain(row: Closing, form: type[Output]) -> dict[str, Any]:
    names = [one.attribute or name for name, one in form().fields.items()]
    return {name: getattr(row, name) for name in names} | {"reasons": _in_words(row.reasons)}


def _shown(listed: dict[str, Any], form: type[Output]) -> dict[str, Any]:
    return listed | {"items": [_plain(row, form) for row in listed["items"]]}
