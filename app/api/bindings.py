"""Bindings as staff see them, and the codes that households bind by."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from app import identity, places
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, Text, sent_moment, uid, whole, word
from app.api.http.limits import each_person
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, sensitive, transaction
from app.identity import BindingEnd, BindingWay, Permission, binding_codes
from app.typesetting import Label, binding_sheet_pdf, check_printable

blueprint = Blueprint("bindings", __name__, description="居民绑定")
_CODES = "200 per hour"
"""Of one person, by hand; a building's come as a sheet."""
_SHEETS = "30 per hour"
"""Of one person, all buildings of a settlement."""


class BindingListInput(PageInput):
    """Which bindings."""

    resident_id = uid(load_default=None)
    user_id = uid(load_default=None)


class EndBindingInput(Input):
    """Why a binding ends."""

    reason = word(BindingEnd, required=True)
    note = Text(200, least=1, required=True)


class BindingOutput(Output):
    """A user who is a resident."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    user_id = fields.UUID(required=True)
    resident_id = fields.UUID(required=True)
    way = fields.Enum(BindingWay, by_value=True, required=True)
    begun_at = sent_moment(required=True)
    ended_at = sent_moment(required=True, allow_none=True)
    end_reason = fields.Enum(BindingEnd, by_value=True, required=True, allow_none=True)
    end_note = fields.String(required=True)


class NewCodeInput(Input):
    """Which code the new one follows: the version that I know, 0 if the household has none."""

    version = whole(0, 1_000_000, required=True)


class BindingCodeOutput(Output):
    """A household's code, to be printed or read to it."""

    household_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    code = fields.String(required=True)
    made_at = sent_moment(required=True)


@blueprint.route("/bindings", methods=["GET"])
@allow(Permission.BINDING_DECIDE)
@blueprint.answer(page_of(BindingOutput))
@blueprint.query(BindingListInput)
def list_bindings(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List bindings of my areas, in force and ended, the newest first."""

    def fetch(**span: Any) -> Any:
        return identity.bindings(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda row: row.id, limit=limit, after=after)


@blueprint.route("/bindings/<uuid:binding_id>/end", methods=["POST"])
@allow(Permission.BINDING_DECIDE)
@blueprint.answer(BindingOutput)
@blueprint.body(EndBindingInput)
def end_binding(sent: dict[str, Any], binding_id: UUID) -> Any:
    """End a binding; the user is told."""
    with transaction() as session:
        row = identity.end_binding(session, actor(), binding_id, **sent)
        note(user_id=str(row.user_id), resident_id=str(row.resident_id), reason=sent["reason"].value)
        return row


@blueprint.route("/households/<uuid:household_id>/binding-code", methods=["GET"])
@allow(Permission.BINDING_CODE)
@blueprint.answer(BindingCodeOutput)
@sensitive
def get_code(household_id: UUID) -> dict[str, Any]:
    """Show a household's code."""
    with transaction() as session:
        return _shown(*identity.binding_code(session, actor(), parts().sealer, household_id))


@blueprint.route("/households/<uuid:household_id>/binding-code", methods=["POST"])
@allow(Permission.BINDING_CODE)
@each_person(_CODES)
@blueprint.answer(BindingCodeOutput)
@blueprint.body(NewCodeInput)
def make_code(sent: dict[str, Any], household_id: UUID) -> dict[str, Any]:
    """Give a household a new code; the one before is good for nothing any more."""
    with transaction() as session:
        return _shown(*identity.new_binding_code(session, actor(), parts().sealer, household_id, **sent))


@blueprint.route("/places/<uuid:place_id>/binding-code-sheet", methods=["POST"])
@allow(Permission.BINDING_CODE, checked=True)
@each_person(_SHEETS)
@blueprint.file("application/pdf")
def make_sheet(place_id: UUID) -> Response:
    """Make a PDF of the codes of all households of a building, to print, cut and hand out.

    Households that have none get their first code; no code in use is replaced.
    """
    with transaction() as session:
        found = binding_codes.codes_of_place(session, actor(), parts().sealer, place_id)
        place = places.place_in_scope(session, actor(), place_id)
        community = places.community_name(session, place.area_code)
        note(object_kind="place", object_id=place_id, area_code=place.area_code)
        labels = [_card(f"{place.name} {home.door}", community, code) for home, _, code in found]
        title = f"{place.name} 各户绑定码"
        check_printable(labels, title, font_file=parts().settings.font_file)
    pdf = binding_sheet_pdf(labels, title, font_file=parts().settings.font_file)
    return Response(pdf, mimetype="application/pdf")


def _card(name: str, community: str, code: str) -> Label:
    grouped = " ".join(code[at : at + 4] for at in range(0, len(code), 4))
    return Label(url="", name=name, note="", community=community, number=grouped)


def _shown(row: identity.BindingCode, code: str) -> dict[str, Any]:
    return {"household_id": row.household_id, "version": row.version, "code": code, "made_at": row.made_at}
