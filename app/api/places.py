"""Places, their codes, posters and print sheets."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response
from marshmallow import fields

from app import hazards, places
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import (
    Degrees,
    Input,
    Output,
    Text,
    area_code,
    check_in_china,
    listed,
    sent_moment,
    uid,
    whole,
    word,
)
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import sensitive, transaction
from app.identity import Permission
from app.places import PlaceKind
from app.typesetting import Label, check_printable, code_sheet_pdf, poster_png

blueprint = Blueprint("places", __name__, description="点位与二维码")


class PlaceInput(Input):
    """A place to register; its position is WGS-84."""

    area_code = area_code(required=True)
    kind = word(PlaceKind, required=True)
    name = Text(60, least=1, required=True)
    address = Text(200, load_default="")
    lng = Degrees(load_default=None, allow_none=True)
    lat = Degrees(load_default=None, allow_none=True)
    radius_m = whole(5, 5000, load_default=80)

    @ma.validates_schema
    def check_position(self, data: dict[str, Any], **_: Any) -> None:
        """Both or neither, and inside China."""
        lng, lat = data.get("lng"), data.get("lat")
        if (lng is None) != (lat is None):
            raise ma.ValidationError("经度和纬度要一起填", "lng")
        if lng is not None and lat is not None:
            check_in_china(lng, lat)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> places.NewPlace:
        """Give what the domain takes."""
        return places.NewPlace(**data)


class PlaceListInput(PageInput):
    """Which places."""

    area_code = area_code(load_default=None)
    kind = word(PlaceKind, load_default=None)


class PlaceOutput(Output):
    """A place."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    kind = fields.Enum(PlaceKind, by_value=True, required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    lng = fields.Float(required=True, allow_none=True)
    lat = fields.Float(required=True, allow_none=True)
    radius_m = fields.Integer(required=True)
    code_start = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The code in use up to its point: by it a phone knows a scan offline."},
    )

    @ma.pre_dump
    def add_code_start(self, place: Any, **_: Any) -> dict[str, Any]:
        """Show what a phone compares a scanned code with; the seal is for the server alone."""
        shown = {name: getattr(place, name) for name in self.fields if name != "code_start"}
        code = place.code_in_use
        return shown | {"code_start": places.CodeSigner.start(code.serial) if code is not None else None}


class CodeOutput(Output):
    """One version of a place's printed code."""

    place_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    url = fields.String(required=True)
    issued_at = sent_moment(required=True)
    revoked_at = sent_moment(required=True, allow_none=True)
    revoked_reason = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def add_url(self, code: places.PlaceCode, **_: Any) -> dict[str, Any]:
        """Show the address that the sheet carries."""
        shown = {name: getattr(code, name) for name in self.fields if name != "url"}
        return shown | {"url": parts().signer.url(code.serial)}


class CodesOutput(Output):
    """All versions of a place's code."""

    items = fields.List(fields.Nested(CodeOutput), required=True)


class CodeStepInput(Input):
    """Which version, and why."""

    version = whole(1, 100_000, required=True)
    reason = Text(200, least=1, required=True)


class SheetInput(Input):
    """Which places to print."""

    place_ids = listed(uid(), 200, least=1, required=True)
    title = Text(40, load_default="点位二维码")


@blueprint.route("/places", methods=["GET"])
@allow(Permission.PLACE_READ)
@blueprint.answer(page_of(PlaceOutput))
@blueprint.query(PlaceListInput)
def list_places(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List places within reach, the newest first."""

    def fetch(**span: Any) -> Any:
        return places.places(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda place: place.id, limit=limit, after=after)


@blueprint.route("/places/<uuid:place_id>", methods=["PUT"])
@allow(Permission.PLACE_WRITE)
@blueprint.made_once(PlaceOutput)
@blueprint.body(PlaceInput)
def put_place(new: places.NewPlace, place_id: UUID) -> tuple[Any, int]:
    """Register a place."""
    with transaction() as session:
        place, made = places.register(session, actor(), place_id, new)
    return place, once(made)


@blueprint.route("/places/<uuid:place_id>", methods=["GET"])
@allow(Permission.PLACE_READ)
@blueprint.answer(PlaceOutput)
def get_place(place_id: UUID) -> Any:
    """Show one place, also where the caller inspects as a substitute today or has a hazard to put right."""
    with transaction() as session:
        return places.place_with_code(session, hazards.reading(session, actor(), place_id), place_id)


@blueprint.route("/places/<uuid:place_id>/codes", methods=["GET"])
@allow(Permission.CODE_PRINT)
@blueprint.answer(CodesOutput)
def list_codes(place_id: UUID) -> Any:
    """List all versions of a place's code, the newest first."""
    with transaction() as session:
        places.place_in_scope(session, actor(), place_id)
        return {"items": places.codes_of(session, place_id)}


@blueprint.route("/places/<uuid:place_id>/codes", methods=["POST"])
@allow(Permission.CODE_PRINT)
@blueprint.answer(CodeOutput)
def issue_code(place_id: UUID) -> Any:
    """Give the place's code in use, making the first one if it has none."""
    with transaction() as session:
        return places.issue(session, actor(), place_id)


@blueprint.route("/places/<uuid:place_id>/codes/reprint", methods=["POST"])
@allow(Permission.CODE_PRINT)
@blueprint.answer(CodeOutput)
@blueprint.body(CodeStepInput)
def reprint_code(sent: dict[str, Any], place_id: UUID) -> Any:
    """Revoke a lost version and make the next one."""
    with transaction() as session:
        return places.reprint(session, actor(), place_id, **sent)


@blueprint.route("/places/<uuid:place_id>/codes/revoke", methods=["POST"])
@allow(Permission.CODE_PRINT)
@blueprint.answer(CodeOutput)
@blueprint.body(CodeStepInput)
def revoke_code(sent: dict[str, Any], place_id: UUID) -> Any:
    """Revoke a version without making a new one."""
    with transaction() as session:
        return places.revoke(session, actor(), place_id, **sent)


@blueprint.route("/places/<uuid:place_id>/poster.png", methods=["GET"])
@allow(Permission.CODE_PRINT)
@sensitive
@blueprint.file("image/png")
def poster(place_id: UUID) -> Response:
    """Draw the poster of the place's code in use, making the first code if it has none."""
    with transaction() as session:
        code = places.issue(session, actor(), place_id)
        label = _label(code, places.community_name(session, code.area_code))
        check_printable([label], font_file=parts().settings.font_file)
    return Response(poster_png(label, font_file=parts().settings.font_file), mimetype="image/png")


@blueprint.route("/code-sheets", methods=["POST"])
@allow(Permission.CODE_PRINT)
@blueprint.file("application/pdf")
@blueprint.body(SheetInput)
def code_sheet(sent: dict[str, Any]) -> Response:
    """Make a PDF of codes to print and cut; each place gets its first code if it has none."""
    with transaction() as session:
        codes = places.issue_all(session, actor(), sent["place_ids"])
        labels = [_label(code, places.community_name(session, code.area_code)) for code in codes]
        check_printable(labels, sent["title"], font_file=parts().settings.font_file)
    pdf = code_sheet_pdf(labels, sent["title"], font_file=parts().settings.font_file)
    return Response(pdf, mimetype="application/pdf")


def _label(code: places.PlaceCode, community: str) -> Label:
    place = code.place
    return Label(
        url=parts().signer.url(code.serial),
        name=place.name,
        note=place.address,
        community=community,
        number=f"{code.serial}-{code.version}",
    )
