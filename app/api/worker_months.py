"""A worker's month, for himself and for the talk about it."""

from datetime import date
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import reports
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint
from app.api.http.fields import Input, Output
from app.api.http.months import first_of, month_text, told
from app.api.http.recording import note, sensitive, transaction
from app.employment import months_before, this_month
from app.identity import Permission

blueprint = Blueprint("worker_months", __name__, description="网格员每月的工作情况")


class OwnMonthInput(Input):
    """Which month; without one, this one."""

    month = month_text(load_default=None)

    @ma.post_load
    def read_month(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give the month's first day."""
        return {"month": first_of(data["month"])}


class WorkersMonthInput(Input):
    """Which month; without one, the last."""

    month = month_text(load_default=None)

    @ma.post_load
    def read_month(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give the month's first day."""
        asked = data["month"]
        return {"month": months_before(this_month(), 1) if asked is None else first_of(asked)}


class DueInspectionsOutput(Output):
    """Inspections that plans asked of him, by their deadlines: ``due`` is done, late, missed and overdue.

    ``on_time`` of the done were before the deadline; late ones came after the window, with a reason. Those
    ``for_others`` he did where it was somebody else's.
    """

    due = fields.Integer(required=True)
    done = fields.Integer(required=True)
    on_time = fields.Integer(required=True)
    late = fields.Integer(required=True)
    missed = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    for_others = fields.Integer(required=True)


class DueVisitsOutput(Output):
    """Visits to those whose care was his, by the day each was due, whoever made it.

    ``overdue`` is of how many residents nobody was reached at the end; ``more`` says that some were left out.
    """

    due = fields.Integer(required=True)
    done = fields.Integer(required=True)
    on_time = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    more = fields.Boolean(required=True)


class MadeVisitsOutput(Output):
    """Visits that he made in the month, also for others, and how many of them reached nobody."""

    made = fields.Integer(required=True)
    reached_nobody = fields.Integer(required=True)
    for_others = fields.Integer(required=True)


class DueFollowUpsOutput(Output):
    """Follow-ups that he owns, by their day; ``overdue`` were open at the end and over it."""

    due = fields.Integer(required=True)
    closed = fields.Integer(required=True)
    on_time = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class ReasonCountOutput(Output):
    """What was lacking or doubtful, and in how many records whose presence was not confirmed."""

    reason = fields.String(required=True)
    records = fields.Integer(required=True)


class RecordSignsOutput(Output):
    """What his records of the month show: inspections, and visits in person."""

    records = fields.Integer(required=True)
    confirmed = fields.Integer(required=True)
    probable = fields.Integer(required=True)
    unverified = fields.Integer(required=True)
    reasons = fields.List(fields.Nested(ReasonCountOutput), required=True)
    with_photos = fields.Integer(required=True)
    all_photos = fields.Integer(required=True)
    problems = fields.Integer(required=True)

    @ma.pre_dump
    def name_reasons(self, signs: Any, **_: Any) -> dict[str, Any]:
        """Put names to the pairs."""
        reasons = [{"reason": reason, "records": count} for reason, count in signs.reasons]
        return {name: getattr(signs, name) for name in self.fields if name != "reasons"} | {
            "reasons": reasons
        }


class DueHazardsOutput(Output):
    """Hazards given to him whose deadline lies in the month."""

    due = fields.Integer(required=True)
    put_right = fields.Integer(required=True)
    on_time = fields.Integer(required=True)


class WorkerMonthOutput(Output):
    """A worker's month up to a day; what was due in it counts, whenever it was done."""

    month = fields.String(required=True)
    until = fields.Date(required=True)
    inspections = fields.Nested(DueInspectionsOutput, required=True)
    visits = fields.Nested(DueVisitsOutput, required=True)
    made_visits = fields.Nested(MadeVisitsOutput, required=True)
    follow_ups = fields.Nested(DueFollowUpsOutput, required=True)
    signs = fields.Nested(RecordSignsOutput, required=True)
    hazards = fields.Nested(DueHazardsOutput, required=True)
    absent_days = fields.Integer(required=True)

    @ma.pre_dump
    def tell(self, shown: reports.WorkerMonth, **_: Any) -> dict[str, Any]:
        """Put the month as it is asked for."""
        return {name: getattr(shown, name) for name in self.fields} | {"month": told(shown.month)}


@blueprint.route("/me/work", methods=["GET"])
@allow(Permission.WORKER_MONTH_OWN)
@blueprint.answer(WorkerMonthOutput)
@blueprint.query(OwnMonthInput)
def get_own_month(month: date) -> Any:
    """Show my own month: what was due, what was done, and what my records show; this month up to now."""
    with transaction() as session:
        return reports.own_month(session, actor(), month)


@blueprint.route("/users/<uuid:user_id>/work", methods=["GET"])
@allow(Permission.WORKER_MONTH_READ)
@sensitive
@blueprint.answer(WorkerMonthOutput)
@blueprint.query(WorkersMonthInput)
def get_worker_month(user_id: UUID, month: date) -> Any:
    """Show the month of one grid worker to his community's admin, from the third day of the next on.

    He sees it first (409 ``month_unseen`` until then). There is no list of several.
    """
    note(month=f"{month:%Y-%m}")
    with transaction() as session:
        return reports.worker_month(session, actor(), user_id, month)
