"""How many people are looked after, for offices: figures from which nobody can be picked out."""

from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow import fields

from app import reports
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, area_code
from app.api.http.months import first_of, month_text, told, with_figures
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import transaction
from app.identity import Permission
from app.visits import CareCategory

blueprint = Blueprint("care_counts", __name__, description="关爱对象人数")


class CareCountsInput(PageInput):
    """Of which area, and of which month; without one, of this."""

    area_code = area_code(required=True)
    month = month_text(load_default=None)

    @ma.post_load
    def read_month(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give the month's first day."""
        return data | {"month": with_figures(first_of(data["month"]))}


class CategoryCountOutput(Output):
    """How many are looked after in a category; null where the figure is kept back."""

    category = fields.Enum(CareCategory, by_value=True, required=True)
    people = fields.Integer(required=True, allow_none=True)


class AreaCountsOutput(Output):
    """The figures of an area on the first of a month."""

    area_code = fields.String(required=True)
    name = fields.String(required=True)
    categories = fields.List(fields.Nested(CategoryCountOutput), required=True)

    @ma.pre_dump
    def flatten(self, counts: reports.AreaCounts, **_: Any) -> dict[str, Any]:
        """Put the area beside its figures."""
        told = [{"category": category, "people": people} for category, people in counts.people.items()]
        return {"area_code": counts.area.code, "name": counts.area.name, "categories": told}


@blueprint.route("/care-counts", methods=["GET"])
@allow(Permission.CARE_COUNT)
@blueprint.answer(page_of(AreaCountsOutput, month=fields.String(required=True)))
@blueprint.query(CareCountsInput)
def list_care_counts(area_code: str, month: date, limit: int, after: str | None) -> dict[str, Any]:
    """Show how many people were looked after on the first of a month: an area's, and those right below it.

    What is under five is null, and so is what would tell it. Grids have no figures.
    """

    def fetch(**span: Any) -> Any:
        return reports.care_counts(session, actor(), area_code, month, **span)

    with transaction() as session:
        shown = page(fetch, lambda one: one.area.code, limit=limit, after=after, parse=str)
        return shown | {"month": told(month)}
