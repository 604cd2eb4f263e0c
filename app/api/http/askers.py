"""People in words beside their ids: an account's name, and its posts as the app calls them."""

from marshmallow import fields

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
