"""People in words beside their ids: an account's name and posts as the app calls them, and a minor."""

from marshmallow import fields

from app import people
from app.actors import Role
from app.api.http.fields import Output


class PostOutput(Output):
    """A role that counts now, and where."""

    role = fields.Enum(Role, by_value=True, required=True)
    area_code = fields.String(required=True)
    area_name = fields.String(required=True)


class AskerOutput(Output):
    """Who asks, with his posts over the area that it is about; none if he lost them since."""

    name = fields.String(required=True)
    posts = fields.List(fields.Nested(PostOutput), required=True)


class NamedAccountOutput(AskerOutput):
    """An account that something would be done to, with all posts that count now."""

    area_name = fields.String(required=True, allow_none=True)


class MinorOutput(Output):
    """A minor, as far as a decision takes it: the name masked, no birthday, no door."""

    name = fields.String(required=True)
    age_group = fields.Enum(people.AgeGroup, by_value=True, required=True)
    area_name = fields.String(required=True)
    place = fields.String(required=True)
