"""Households of the roster."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import people, visits
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Input, Output, Text, area_code, uid
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import note_leaves, sensitive, transaction
from app.api.residents import ResidentOutput
from app.identity import Permission

blueprint = Blueprint("households", __name__, description="户")


class HouseholdInput(Input):
    """A household to register; its area is its building's."""

    place_id = uid(required=True)
    door = Text(20, least=1, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> people.NewHousehold:
        """Give what the domain takes."""
        return people.NewHousehold(**data)


class HouseholdListInput(PageInput):
    """Which households."""

    area_code = area_code(load_default=None)
    place_id = uid(load_default=None)


class HouseholdOutput(Output):
    """A household, who heads it and how many belong to it; nobody lives in an ``empty`` one: it is closed."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    place_id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    door = fields.String(required=True)
    head_name = fields.String(required=True, allow_none=True)
    resident_count = fields.Integer(required=True)
    empty = fields.Boolean(required=True)
    closed_on = fields.Date(required=True, allow_none=True)
    merged_into = fields.UUID(required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, household: people.Household, **_: Any) -> dict[str, Any]:
        """Add what stands in other rows."""
        head = people.head_of(household)
        return {
            "id": household.id,
            "area_code": household.area_code,
            "place_id": household.place_id,
            "place_name": household.place.name,
            "door": household.door,
            "head_name": head.name if head else None,
            "resident_count": len(household.residents),
            "empty": not household.residents,
            "closed_on": household.closed_on,
            "merged_into": household.merged_into,
        }


@blueprint.route("/households", methods=["GET"])
@allow(Permission.ROSTER_READ)
@blueprint.answer(page_of(HouseholdOutput))
@blueprint.query(HouseholdListInput)
def list_households(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List open households within reach by area and door; a resident finds his own."""

    def fetch(**span: Any) -> Any:
        return people.households(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, people.Door.of, limit=limit, after=after, parse=people.Door.parse)


@blueprint.route("/households/<uuid:household_id>", methods=["PUT"])
@allow(Permission.ROSTER_WRITE)
@blueprint.made_once(HouseholdOutput)
@blueprint.body(HouseholdInput)
def put_household(new: people.NewHousehold, household_id: UUID) -> tuple[Any, int]:
    """Register a household, once."""
    with transaction() as session:
        row, made = people.register_household(session, actor(), household_id, new)
        author = actor().as_author(row.area_code)
        return people.household_in_scope(session, author, household_id, residents=True), once(made)


@blueprint.route("/households/<uuid:household_id>", methods=["GET"])
@allow(Permission.ROSTER_READ)
@blueprint.answer(HouseholdOutput)
def get_household(household_id: UUID) -> Any:
    """Show one household."""
    with transaction() as session:
        return people.household_in_scope(session, actor(), household_id, residents=True)


@blueprint.route("/households/<uuid:household_id>/residents", methods=["GET"])
@allow(Permission.ROSTER_READ)
@sensitive
@blueprint.answer(page_of(ResidentOutput))
@blueprint.query(PageInput)
def list_residents(household_id: UUID, limit: int, after: str | None) -> dict[str, Any]:
    """List the residents of a household in the order they were entered."""

    def fetch(**span: Any) -> Any:
        found = visits.seen(session, actor(), people.residents_of(session, actor(), household_id, **span))
        note_leaves([one.leave for one in found])
        return found

    with transaction() as session:
        return page(fetch, lambda one: one.resident.id, limit=limit, after=after)
