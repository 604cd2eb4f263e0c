"""The ledger of hazards (隐患台账): its figures, its map, and the course of one."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, current_app
from marshmallow import fields, validate

from app import hazards
from app.api.hazard_filters import HazardFilterInput, wanted_from
from app.api.hazards import HazardEventOutput
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, sent_moment
from app.api.http.recording import transaction
from app.api.photos import PhotoOutput
from app.api.rectification_notices import RectificationNoticeOutput
from app.hazards import HazardCategory, HazardLevel, HazardSource, HazardStatus, PhotoMoment
from app.identity import Permission

blueprint = Blueprint("hazard_ledger", __name__, description="隐患台账")
_GEOJSON = "application/geo+json"
_AXES = 2


class HazardCountsOutput(Output):
    """How many hazards there are of each word; ``truncated`` where there are more than were counted."""

    total = fields.Integer(required=True)
    truncated = fields.Boolean(required=True)
    overdue = fields.Integer(required=True)
    by_status = fields.Dict(fields.Enum(HazardStatus, by_value=True), fields.Integer(), required=True)
    by_level = fields.Dict(fields.Enum(HazardLevel, by_value=True), fields.Integer(), required=True)
    by_category = fields.Dict(fields.Enum(HazardCategory, by_value=True), fields.Integer(), required=True)


class PointOutput(Output):
    """A point: longitude and latitude in WGS-84."""

    type = fields.String(required=True, validate=validate.OneOf(["Point"]))
    coordinates = fields.List(fields.Float(), required=True, validate=validate.Length(equal=_AXES))


class PropertiesOutput(Output):
    """What a map says of a hazard; nothing personal, so also not its words."""

    area_code = fields.String(required=True)
    place_id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    status = fields.Enum(HazardStatus, by_value=True, required=True)
    level = fields.Enum(HazardLevel, by_value=True, required=True)
    category = fields.Enum(HazardCategory, by_value=True, required=True)
    source = fields.Enum(HazardSource, by_value=True, required=True)
    reported_at = sent_moment(required=True)
    due_at = sent_moment(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    recurrences = fields.Integer(required=True)


class FeatureOutput(Output):
    """A hazard on the map."""

    type = fields.String(required=True, validate=validate.OneOf(["Feature"]))
    id = fields.UUID(required=True)
    geometry = fields.Nested(PointOutput, required=True)
    properties = fields.Nested(PropertiesOutput, required=True)

    @ma.pre_dump
    def shape(self, mapped: hazards.MappedHazard, **_: Any) -> dict[str, Any]:
        """Give it the shape of RFC 7946."""
        return {
            "type": "Feature",
            "id": mapped.id,
            "geometry": {"type": "Point", "coordinates": mapped.point},
            "properties": mapped,
        }


class HazardMapOutput(Output):
    """A GeoJSON FeatureCollection (RFC 7946); ``without_position`` counts what stands nowhere on it."""

    type = fields.String(required=True, validate=validate.OneOf(["FeatureCollection"]))
    features = fields.List(fields.Nested(FeatureOutput), required=True)
    truncated = fields.Boolean(required=True)
    without_position = fields.Integer(required=True)

    @ma.pre_dump
    def shape(self, found: hazards.HazardMap, **_: Any) -> dict[str, Any]:
        """Give it the shape of RFC 7946."""
        return {
            "type": "FeatureCollection",
            "features": found.points,
            "truncated": found.truncated,
            "without_position": found.without_position,
        }


class MarkedPhotoOutput(PhotoOutput):
    """A photo, and whether it shows what is unsafe or what was done about it."""

    moment = fields.Enum(PhotoMoment, by_value=True, required=True)

    @ma.pre_dump
    def add_urls(self, named: Any, **_: Any) -> dict[str, Any]:
        """Say what it shows beside where it is."""
        shown: dict[str, Any] = super().add_urls(named)
        return shown | {"moment": named.moment}


class TimelineEntryOutput(HazardEventOutput):
    """One step; ``merged`` where it is one of a report that was merged into this hazard."""

    class Meta:
        """What holds the rest of a step in other words stands with the hazard itself."""

        exclude = ("data",)

    hazard_id = fields.UUID(required=True)
    merged = fields.Boolean(required=True)
    photos = fields.List(fields.Nested(MarkedPhotoOutput), required=True)

    @ma.pre_dump
    def flatten(self, entry: Any, **_: Any) -> dict[str, Any]:
        """Put the step beside what stands in other rows."""
        besides = vars(entry.seen) | vars(entry)
        event = entry.seen.event
        return {name: besides[name] if name in besides else getattr(event, name) for name in self.fields}


class TimelineOutput(Output):
    """The course of a hazard, the earliest step first."""

    id = fields.UUID(required=True)
    merged_ids = fields.List(fields.UUID(), required=True)
    notices = fields.List(fields.Nested(RectificationNoticeOutput), required=True)
    entries = fields.List(fields.Nested(TimelineEntryOutput), required=True)

    @ma.pre_dump
    def flatten(self, seen: hazards.Timeline, **_: Any) -> dict[str, Any]:
        """Name the hazard."""
        return {"id": seen.hazard.id, **vars(seen)}


@blueprint.route("/hazards/counts", methods=["GET"])
@allow(Permission.HAZARD_READ)
@blueprint.answer(HazardCountsOutput)
@blueprint.query(HazardFilterInput)
def count_hazards(**sent: Any) -> Any:
    """Count what the list would show, by status, level and category."""
    with transaction() as session:
        return hazards.hazard_counts(session, actor(), wanted_from(sent))


@blueprint.route("/hazards/map", methods=["GET"])
@allow(Permission.HAZARD_READ)
@blueprint.response(200, HazardMapOutput, content_type=_GEOJSON)
@blueprint.query(HazardFilterInput)
def map_hazards(**sent: Any) -> Response:
    """Give what the list would show as points for a map, as GeoJSON in WGS-84."""
    with transaction() as session:
        found = hazards.hazard_map(session, actor(), wanted_from(sent))
    text = current_app.json.dumps(HazardMapOutput().dump(found))
    return Response(text, mimetype=_GEOJSON)


@blueprint.route("/hazards/<uuid:hazard_id>/timeline", methods=["GET"])
@allow(Permission.HAZARD_READ)
@blueprint.answer(TimelineOutput)
def get_timeline(hazard_id: UUID) -> Any:
    """Show the course of a hazard with photos before and after, also of what was merged into it."""
    with transaction() as session:
        return hazards.timeline(session, actor(), hazard_id)
