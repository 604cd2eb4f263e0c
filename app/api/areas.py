"""The tree of areas."""

from typing import Any

from marshmallow import fields, validate

from app import places
from app.api.http.allow import allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, Text, area_code
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.identity import Permission

blueprint = Blueprint("areas", __name__, description="区划与网格")


class AreaListInput(PageInput):
    """Which part of the tree."""

    parent = area_code(load_default=None)


class AreaOutput(Output):
    """A node of the tree."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.Enum(places.AreaLevel, by_value=True, required=True)
    parent_code = fields.String(required=True, allow_none=True)


class CommunityListInput(PageInput):
    """Of which county."""

    county_code = Text(
        6, checks=[validate.Regexp(r"^[0-9]{6}$", error="请填6位的县区代码")], load_default=None
    )


class CommunityOutput(Output):
    """A community and where it lies."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    township = fields.String(required=True)
    county_code = fields.String(required=True)
    county = fields.String(required=True)


@blueprint.route("/areas", methods=["GET"])
@allow(Permission.AREA_READ)
@blueprint.answer(page_of(AreaOutput))
@blueprint.query(AreaListInput)
def list_areas(parent: str | None, limit: int, after: str | None) -> dict[str, Any]:
    """List the areas right below a parent; without one, the cities."""

    def fetch(**span: Any) -> Any:
        return places.areas(session, parent=parent, **span)

    with transaction() as session:
        return page(fetch, lambda area: area.code, limit=limit, after=after, parse=str)


@blueprint.route("/communities", methods=["GET"])
@allow(Permission.SELF)
@blueprint.answer(page_of(CommunityOutput))
@blueprint.query(CommunityListInput)
def list_communities(county_code: str | None, limit: int, after: str | None) -> dict[str, Any]:
    """List the communities of a county, or all: somebody who is nobody's resident yet looks for his own."""

    def fetch(**span: Any) -> Any:
        return places.communities(session, county_code=county_code, **span)

    with transaction() as session:
        return page(fetch, lambda one: one.code, limit=limit, after=after, parse=str)
