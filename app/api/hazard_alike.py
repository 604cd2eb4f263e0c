"""Hazards that may be one and the same, and what comes back at a place."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import hazards
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output, area_code, sent_moment, whole, word
from app.api.http.recording import transaction
from app.api.photos import PhotoOutput
from app.hazards import RecurrenceBy
from app.identity import Permission

blueprint = Blueprint("hazard_alike", __name__, description="隐患比对")
_FURTHEST_M, _LONGEST_DAYS, _YEAR_DAYS = 2000, 1096, 365


class NearbyInput(Input):
    """How far around."""

    radius_m = whole(1, _FURTHEST_M, strict=False, load_default=hazards.RADIUS_M)


class NearbyHazardOutput(Output):
    """A hazard to be set beside the report; ``distance_m`` is null where one of both has no position."""

    id = fields.UUID(required=True)
    place_id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    category = fields.Enum(hazards.HazardCategory, by_value=True, required=True)
    level = fields.Enum(hazards.HazardLevel, by_value=True, required=True)
    source = fields.Enum(hazards.HazardSource, by_value=True, required=True)
    status = fields.Enum(hazards.HazardStatus, by_value=True, required=True)
    text = fields.String(required=True)
    captured_at = sent_moment(required=True)
    received_at = sent_moment(required=True)
    ended_at = sent_moment(required=True, allow_none=True)
    recurrences = fields.Integer(required=True)
    distance_m = fields.Integer(required=True, allow_none=True)
    photos = fields.List(fields.Nested(PhotoOutput), required=True)

    @ma.pre_dump
    def flatten(self, seen: hazards.NearbyHazard, **_: Any) -> dict[str, Any]:
        """Put the record beside what stands in other rows."""
        row = seen.hazard
        besides = {"place_name": row.place.name, "distance_m": seen.distance_m, "photos": seen.photos}
        return {name: besides[name] if name in besides else getattr(row, name) for name in self.fields}


class NearbyListOutput(Output):
    """The nearest first; ``more`` says that some were left out."""

    items = fields.List(fields.Nested(NearbyHazardOutput), required=True)
    more = fields.Boolean(required=True)


class RecurrencesInput(Input):
    """By what, within how many days, and where."""

    by = word(RecurrenceBy, load_default=RecurrenceBy.ITEM)
    days = whole(1, _LONGEST_DAYS, strict=False, load_default=_YEAR_DAYS)
    area_code = area_code(load_default=None)


class RecurrenceOutput(Output):
    """How often something was found at a place; without an item it is anything there."""

    place_id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    area_code = fields.String(required=True)
    item_key = fields.String(required=True, allow_none=True)
    item_text = fields.String(required=True, allow_none=True)
    hazards = fields.Integer(required=True)
    sightings = fields.Integer(required=True)
    came_back = fields.Integer(required=True)
    open_now = fields.Integer(required=True)
    last_found_at = sent_moment(required=True)
    last_closed_at = sent_moment(required=True, allow_none=True)


class RecurrenceListOutput(Output):
    """The most frequent first; ``more`` says that some were left out."""

    items = fields.List(fields.Nested(RecurrenceOutput), required=True)
    more = fields.Boolean(required=True)


@blueprint.route("/hazards/<uuid:hazard_id>/nearby", methods=["GET"])
@allow(Permission.HAZARD_ACCEPT)
@blueprint.answer(NearbyListOutput)
@blueprint.query(NearbyInput)
def list_nearby(hazard_id: UUID, radius_m: int) -> dict[str, Any]:
    """Give what a report may be merged into: the same category, at its place or near it."""
    with transaction() as session:
        items, more = hazards.nearby(session, actor(), hazard_id, radius_m=radius_m)
    return {"items": items, "more": more}


@blueprint.route("/hazards/recurrences", methods=["GET"])
@allow(Permission.HAZARD_READ)
@blueprint.answer(RecurrenceListOutput)
@blueprint.query(RecurrencesInput)
def list_recurrences(**wanted: Any) -> dict[str, Any]:
    """Give what was found again and again, by item and place or by place."""
    with transaction() as session:
        items, more = hazards.recurrences(session, actor(), **wanted)
    return {"items": items, "more": more}
