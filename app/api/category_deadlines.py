"""How many working days a community gives for each category of hazards."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import hazards
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, community_code, sent_moment, whole, word
from app.api.http.recording import note, transaction
from app.hazards import HazardCategory
from app.identity import Permission

blueprint = Blueprint("category_deadlines", __name__, description="各类隐患的整改期限")


class CategoryDeadlineInput(Input):
    """The working days of a category from now on; null for what holds where a community says nothing."""

    area_code = community_code(required=True)
    category = word(HazardCategory, required=True)
    working_days = whole(1, hazards.WORKING_DAYS_MOST, required=True, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> hazards.NewCategoryDeadline:
        """Give what the domain takes."""
        return hazards.NewCategoryDeadline(**data)


class CommunityInput(Input):
    """Of which community."""

    area_code = community_code(required=True)


class CategoryDeadlineOutput(Output):
    """What a community said of a category, and who answers for it."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    category = fields.Enum(HazardCategory, by_value=True, required=True)
    working_days = fields.Integer(required=True, allow_none=True)
    set_by_name = fields.String(required=True)
    set_at = sent_moment(required=True)

    @ma.pre_dump
    def flatten(self, shown: hazards.ShownCategoryDeadline, **_: Any) -> dict[str, Any]:
        """Put the name beside the row."""
        besides = {"set_by_name": shown.set_by_name}
        return {name: getattr(shown.row, name) for name in self.fields.keys() - besides} | besides


class StandingDeadlineOutput(Output):
    """How many working days a category has; not the community's own where it went back or said nothing."""

    category = fields.Enum(HazardCategory, by_value=True, required=True)
    working_days = fields.Integer(required=True)
    is_own = fields.Boolean(required=True)
    set_by_name = fields.String(required=True, allow_none=True)
    set_at = sent_moment(required=True, allow_none=True)


class StandingDeadlinesOutput(Output):
    """All categories of a community."""

    items = fields.List(fields.Nested(StandingDeadlineOutput), required=True)


@blueprint.route("/category-deadlines", methods=["GET"])
@allow(Permission.DEADLINE_READ)
@blueprint.answer(StandingDeadlinesOutput)
@blueprint.query(CommunityInput)
def list_category_deadlines(area_code: str) -> dict[str, Any]:
    """Show how many working days each category has in a community."""
    with transaction() as session:
        return {"items": hazards.category_deadlines(session, actor(), area_code)}


@blueprint.route("/category-deadlines/<uuid:deadline_id>", methods=["PUT"])
@allow(Permission.HAZARD_TRIAGE)
@blueprint.made_once(CategoryDeadlineOutput)
@blueprint.body(CategoryDeadlineInput)
def put_category_deadline(new: hazards.NewCategoryDeadline, deadline_id: UUID) -> tuple[Any, int]:
    """Say how many working days hazards of a category have that get a deadline from now on."""
    note(area_code=new.area_code, category=new.category.value, working_days=new.working_days)
    with transaction() as session:
        shown, made = hazards.set_category_deadline(session, actor(), deadline_id, new)
    return shown, once(made)
