"""Routes: in which order the places of an area are walked."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import places
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Uid, area_code, listed, sent_moment
from app.api.http.recording import note, transaction
from app.identity import Permission
from app.places import PlaceKind

blueprint = Blueprint("routes", __name__, description="巡查顺序")


class RouteInput(Input):
    """The places of a community or grid in their order; an empty list ends its route."""

    area_code = area_code(required=True)
    place_ids = listed(Uid(), places.ROUTE_MOST, required=True)

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Want each place once."""
        if len(set(data["place_ids"])) < len(data["place_ids"]):
            raise ma.ValidationError("同一个点位只能排一次", "place_ids")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> places.NewRoute:
        """Give what the domain takes."""
        return places.NewRoute(**data)


class RouteAreaInput(Input):
    """Of which area."""

    area_code = area_code(required=True)


class RouteOutput(Output):
    """An order that was given."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    place_ids = fields.List(fields.UUID(), required=True)
    set_at = sent_moment(required=True)


class StopOutput(Output):
    """A place on the way; ``route_code`` is the area whose route it is on, null where it is on none."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    kind = fields.Enum(PlaceKind, by_value=True, required=True)
    name = fields.String(required=True)
    route_code = fields.String(required=True, allow_none=True)
    route_position = fields.Integer(required=True, allow_none=True)


class StandingRouteOutput(Output):
    """The places of an area in the order in which they are walked."""

    places = fields.List(fields.Nested(StopOutput), required=True)
    more_places = fields.Boolean(required=True)


@blueprint.route("/routes", methods=["GET"])
@allow(Permission.PLAN_READ)
@blueprint.answer(StandingRouteOutput)
@blueprint.query(RouteAreaInput)
def get_route(area_code: str) -> Any:
    """Show the places of an area in the order in which they are walked."""
    with transaction() as session:
        return places.route(session, actor(), area_code)


@blueprint.route("/routes/<uuid:route_id>", methods=["PUT"])
@allow(Permission.PLAN_WRITE)
@blueprint.made_once(RouteOutput)
@blueprint.body(RouteInput)
def put_route(new: places.NewRoute, route_id: UUID) -> tuple[Any, int]:
    """Give the places of a community or grid their order; what it does not name comes after, by name."""
    note(area_code=new.area_code, count=len(new.place_ids))
    with transaction() as session:
        row, made = places.set_route(session, actor(), route_id, new)
    return row, once(made)
