"""What a step with households would do, and what stands in its way: shown before anything is done."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from app import moves
from app.api.http.fields import Output
from app.api.http.sentences import sentence
from app.people import Relation


class GoesOutput(Output):
    """Who goes from where to where, and what he was and is then; who stays may become the head."""

    resident_id = fields.UUID(required=True)
    from_id = fields.UUID(required=True)
    to_id = fields.UUID(required=True)
    before = fields.Enum(Relation, by_value=True, required=True)
    relation = fields.Enum(Relation, by_value=True, required=True)


class PointsGoOutput(Output):
    """How many points go from a household to another one; without ``to_id`` back to the community."""

    from_id = fields.UUID(required=True)
    to_id = fields.UUID(required=True, allow_none=True)
    points = fields.Integer(required=True)


class ObstacleOutput(Output):
    """What stands in the way: a code for programs, a sentence for people, the field at fault if it is one."""

    code = fields.String(required=True)
    title = fields.String(required=True)
    field = fields.String(required=True, allow_none=True)

    @ma.pre_dump
    def tell(self, error: Any, **_: Any) -> dict[str, Any]:
        """Say it in words."""
        return {
            "code": error.code,
            "title": sentence(error.code, error.data),
            "field": error.data.get("field"),
        }


class OutlookOutput(Output):
    """What would be done; ``obstacles`` is empty where it can be.

    ``makes``, ``closes`` and ``opens`` name households. The codes of those that are closed work no more, and
    those that are made or opened have none.
    """

    people = fields.List(fields.Nested(GoesOutput), required=True)
    points = fields.List(fields.Nested(PointsGoOutput), required=True)
    makes = fields.List(fields.UUID(), required=True)
    closes = fields.List(fields.UUID(), required=True)
    opens = fields.List(fields.UUID(), required=True)
    obstacles = fields.List(fields.Nested(ObstacleOutput), required=True)

    @ma.pre_dump
    def take(self, outlook: moves.Outlook, **_: Any) -> dict[str, Any]:
        """Take it as it is."""
        return vars(outlook)
