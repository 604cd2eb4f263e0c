"""People in words beside their ids: an account's name, and its posts as the app calls them."""

from marshmallow import fields

from app.actors import Role
from app.api.http.fields import Output

ROLES = {
    Role.RESIDENT: "居民",
    Role.BUILDING_LEAD: "楼栋长",
    Role.GRID_WORKER: "网格员",
    Role.SHOP_CLERK: "超市店员",
    Role.COMMUNITY_ADMIN: "社区管理员",
    Role.COUNTY_OFFICER: "县易迁办",
    Role.CITY_OFFICER: "市易迁办",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDITOR: "审计员",
}
"""What each role is called."""


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
