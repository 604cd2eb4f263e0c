"""Whom to ask what he lives by, and which homes have nobody stably employed."""

from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow import fields

from app import employment, people
from app.api.employments import EmploymentOutput
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Output, area_code, asked
from app.api.http.months import first_of, month_text
from app.api.http.paging import PageInput, page, page_of
from app.api.http.recording import note, note_leaves, sensitive, transaction
from app.identity import Permission

blueprint = Blueprint("employment_lists", __name__, description="就业情况的名单")


class DueEmploymentsInput(PageInput):
    """Of which month, by default this one, and of which area."""

    month = month_text(load_default=None)
    area_code = area_code(load_default=None)

    @ma.post_load
    def read_month(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give the month's first day."""
        return data | {"month": first_of(data["month"])}


class WorkHomesInput(DueEmploymentsInput):
    """Besides, whether only those with (``true``) or without (``false``) anybody stably employed."""

    stable = asked(load_default=None)


class DueEmploymentOutput(Output):
    """A resident of working age of whom nothing is written down, and what was the month before, if it was."""

    resident_id = fields.UUID(required=True)
    resident_name = fields.String(required=True)
    area_code = fields.String(required=True)
    place_name = fields.String(required=True)
    door = fields.String(required=True)
    before = fields.Nested(EmploymentOutput, required=True, allow_none=True)

    @ma.pre_dump
    def flatten(self, one: employment.DueWork, **_: Any) -> dict[str, Any]:
        """Add where he lives."""
        resident, before = one.seen.resident, one.before
        return {
            "resident_id": resident.id,
            "resident_name": resident.name,
            "area_code": resident.area_code,
            "place_name": resident.household.place.name,
            "door": resident.household.door,
            "before": before and employment.ShownWork(before, one.seen.whole),
        }


class WorkHomeOutput(Output):
    """A household: how many are of working age, are written down, work, and have worked for three months.

    Minors are counted in the latter by leave only; null where nobody else is of working age.
    """

    household_id = fields.UUID(required=True, attribute="household.id")
    area_code = fields.String(required=True, attribute="household.area_code")
    place_name = fields.String(required=True, attribute="household.place.name")
    door = fields.String(required=True, attribute="household.door")
    working_age = fields.Integer(required=True)
    written = fields.Integer(required=True, allow_none=True)
    working = fields.Integer(required=True, allow_none=True)
    stable = fields.Integer(required=True, allow_none=True)


@blueprint.route("/employments/due", methods=["GET"])
@allow(Permission.WORK_WRITE)
@sensitive
@blueprint.answer(page_of(DueEmploymentOutput))
@blueprint.query(DueEmploymentsInput)
def list_due_employments(month: date, area_code: str | None, limit: int, after: str | None) -> dict[str, Any]:
    """List who of working age is still to be asked about a month, by door, with what was the month before."""

    def fetch(**span: Any) -> Any:
        found = employment.due_work(session, actor(), month, area_code=area_code, **span)
        note_leaves([one.seen.leave for one in found])
        note(resident_ids=sorted(str(one.seen.resident.id) for one in found if one.before))
        return found

    with transaction() as session:
        parse = people.Door.parse
        return page(fetch, lambda one: one.key, limit=limit, after=after, parse=parse)


@blueprint.route("/employments/homes", methods=["GET"])
@allow(Permission.WORK_WRITE)
@sensitive
@blueprint.answer(page_of(WorkHomeOutput))
@blueprint.query(WorkHomesInput)
def list_work_homes(month: date, limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List households with somebody of working age by area and door, and how many there work."""

    def fetch(**span: Any) -> Any:
        return employment.work_homes(session, actor(), month, **filters, **span)

    with transaction() as session:
        door = people.Door
        return page(fetch, lambda one: door.of(one.household), limit=limit, after=after, parse=door.parse)
