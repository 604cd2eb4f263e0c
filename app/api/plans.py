"""Plans: which places are inspected with which checklist, how often, and by whom."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import marshmallow as ma
from marshmallow import fields

from app import plans
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import (
    Flag,
    Input,
    Output,
    StepInput,
    Text,
    TimeOfDay,
    area_code,
    asked,
    day,
    listed,
    sent_moment,
    uid,
    whole,
    word,
)
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import transaction
from app.clock import business_day
from app.identity import Permission
from app.places import PlaceKind
from app.plans import OnDayOff, PlanFrequency

blueprint = Blueprint("plans", __name__, description="巡查计划")
_PLAN_BYTES = 160 * 1024
"""JSON of a plan that names every place and everybody on its roster."""
_MOST_MIN = 92 * 24 * 60
_WEEK, _MONTH = 7, 31
_FIRST_DAY = date(2020, 1, 1)


class DutyInput(Input):
    """Who is responsible for one place, or for all of a grid or community."""

    worker_id = uid(required=True)
    place_id = uid(load_default=None, allow_none=True)
    area_code = area_code(load_default=None, allow_none=True)

    @ma.validates_schema
    def check_one(self, data: dict[str, Any], **_: Any) -> None:
        """One of the two."""
        if (data.get("place_id") is None) == (data.get("area_code") is None):
            raise ma.ValidationError("点位和网格请只选一个", "place_id")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> plans.Post:
        """Give what the domain takes."""
        return plans.Post(**data)


class TermsInput(Input):
    """What a plan says; all of it, also where it is changed."""

    title = Text(60, least=1, required=True)
    place_ids = listed(uid(), 500, load_default=list)
    frequency = word(PlanFrequency, required=True)
    every_days = whole(2, 366, load_default=None, allow_none=True)
    anchor_on = day(load_default=None, allow_none=True, least=_FIRST_DAY)
    days = listed(whole(1, _MONTH), _MONTH, load_default=list)
    opens = TimeOfDay(required=True)
    due_after_min = whole(1, _MOST_MIN, required=True)
    missed_after_min = whole(0, _MOST_MIN, required=True)
    on_day_off = word(OnDayOff, required=True)
    starts_on = day(required=True, least=_FIRST_DAY)
    ends_on = day(load_default=None, allow_none=True, least=_FIRST_DAY)
    paused = Flag(load_default=False)
    roster = listed(fields.Nested(DutyInput), 500, load_default=list)

    @ma.validates_schema
    def check_frequency(self, data: dict[str, Any], **_: Any) -> None:
        """Take the days that the frequency needs, and no others."""
        frequency, days, every = data.get("frequency"), data.get("days"), data.get("every_days")
        named = frequency in {PlanFrequency.WEEKLY, PlanFrequency.MONTHLY}
        if named != bool(days):
            raise ma.ValidationError("按周、按月的要选哪几天，别的不选", "days")
        if frequency is PlanFrequency.WEEKLY and max(days or [0]) > _WEEK:
            raise ma.ValidationError("星期几请填1到7", "days")
        if frequency is PlanFrequency.EVERY_N_DAYS and every is None:
            raise ma.ValidationError("请填隔几天一次，2到366天", "every_days")
        if frequency is not PlanFrequency.EVERY_N_DAYS and every is not None:
            raise ma.ValidationError("只有隔几天一次的才填隔几天", "every_days")
        ends_on, starts_on = data.get("ends_on"), data.get("starts_on")
        if ends_on is not None and starts_on is not None and ends_on < starts_on:
            raise ma.ValidationError("结束日期要在开始日期当天或之后", "ends_on")


def _terms(data: dict[str, Any]) -> plans.Terms:
    names = plans.Terms.__dataclass_fields__
    return plans.Terms(**{name: value for name, value in data.items() if name in names})


class PlanInput(TermsInput):
    """A plan to be made; any version of a checklist stands for the list."""

    area_code = area_code(required=True)
    checklist_id = uid(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> plans.NewPlan:
        """Give what the domain takes."""
        return plans.NewPlan(data["area_code"], data["checklist_id"], _terms(data))


class ChangePlanInput(TermsInput, StepInput):
    """What the plan says from the next period on."""

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give what the domain takes."""
        return {"step_id": data["step_id"], "terms": _terms(data)}


class EndPlanInput(StepInput):
    """The last day on which a period may begin."""

    ends_on = day(required=True, least=_FIRST_DAY)


class PlanListInput(PageInput):
    """Which plans: those that go on, or those that are over."""

    area_code = area_code(load_default=None)
    ended = asked()


class PreviewInput(Input):
    """Until which day."""

    until = day(load_default=None, least=_FIRST_DAY)

    @ma.validates("until")
    def check_until(self, value: date | None, **_: Any) -> None:
        """From today on, and no further than a quarter ahead."""
        if value is not None and value < business_day():
            raise ma.ValidationError("只能往后看，请选今天或以后的日期")
        if value is not None and value > business_day() + timedelta(days=plans.PREVIEW_DAYS):
            raise ma.ValidationError(f"最多往后看{plans.PREVIEW_DAYS}天")


class DutyOutput(Output):
    """Who is responsible where."""

    worker_id = fields.UUID(required=True)
    place_id = fields.UUID(required=True, allow_none=True)
    area_code = fields.String(required=True, allow_none=True)


class ListedPlanOutput(Output):
    """A plan in a list, without its places and its roster."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    title = fields.String(required=True)
    checklist_area_code = fields.String(required=True)
    checklist_code = fields.String(required=True)
    kind = fields.Enum(PlaceKind, by_value=True, required=True)
    frequency = fields.Enum(PlanFrequency, by_value=True, required=True)
    every_days = fields.Integer(required=True, allow_none=True)
    anchor_on = fields.Date(required=True, allow_none=True)
    days = fields.List(fields.Integer(), required=True)
    opens = fields.Time(format="%H:%M", required=True)
    due_after_min = fields.Integer(required=True)
    missed_after_min = fields.Integer(required=True)
    on_day_off = fields.Enum(OnDayOff, by_value=True, required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True, allow_none=True)
    paused = fields.Boolean(required=True)
    created_at = sent_moment(required=True)


class PlanOutput(ListedPlanOutput):
    """A plan as it stands."""

    place_ids = fields.List(fields.UUID(), required=True)
    roster = fields.List(fields.Nested(DutyOutput), required=True)


class PreviewPlaceOutput(Output):
    """A place, and who does it on the first of the days."""

    place_id = fields.UUID(required=True)
    place_name = fields.String(required=True)
    worker_id = fields.UUID(required=True, allow_none=True)
    worker_name = fields.String(required=True, allow_none=True)


class PreviewOutput(Output):
    """What a plan asks for from today on; ``more_places`` says that not all places are listed."""

    days = fields.List(fields.Date(), required=True)
    places = fields.List(fields.Nested(PreviewPlaceOutput), required=True)
    places_count = fields.Integer(required=True)
    more_places = fields.Boolean(required=True)


@blueprint.route("/plans", methods=["GET"])
@allow(Permission.PLAN_READ)
@blueprint.answer(page_of(ListedPlanOutput))
@blueprint.query(PlanListInput)
def list_plans(limit: int, after: str | None, **filters: Any) -> dict[str, Any]:
    """List plans within reach, the newest first."""

    def fetch(**span: Any) -> Any:
        return plans.plans(session, actor(), **filters, **span)

    with transaction() as session:
        return page(fetch, lambda plan: plan.id, limit=limit, after=after)


@blueprint.route("/plans/<uuid:plan_id>", methods=["PUT"])
@allow(Permission.PLAN_WRITE)
@blueprint.made_once(PlanOutput)
@blueprint.body(PlanInput, most_bytes=_PLAN_BYTES)
def put_plan(new: plans.NewPlan, plan_id: UUID) -> tuple[Any, int]:
    """Make a plan; its occurrences of the next two weeks are there within the minute."""
    with transaction() as session:
        plan, made = plans.make_plan(session, actor(), plan_id, new)
    return plan, once(made)


@blueprint.route("/plans/<uuid:plan_id>", methods=["GET"])
@allow(Permission.PLAN_READ)
@blueprint.answer(PlanOutput)
def get_plan(plan_id: UUID) -> Any:
    """Show one plan."""
    with transaction() as session:
        return plans.plan_to_read(session, actor(), plan_id)


@blueprint.route("/plans/<uuid:plan_id>/preview", methods=["GET"])
@allow(Permission.PLAN_READ)
@blueprint.answer(PreviewOutput)
@blueprint.query(PreviewInput)
def preview_plan(plan_id: UUID, until: date | None) -> Any:
    """Show on which days, where, and of whom a plan asks for something, from today on."""
    last = until or business_day() + timedelta(days=plans.AHEAD_DAYS)
    with transaction() as session:
        return plans.preview(session, actor(), parts().calendar, plan_id, until=last)


@blueprint.route("/plans/<uuid:plan_id>/change", methods=["POST"])
@allow(Permission.PLAN_WRITE)
@blueprint.answer(PlanOutput)
@blueprint.body(ChangePlanInput, most_bytes=_PLAN_BYTES)
def change_plan(sent: dict[str, Any], plan_id: UUID) -> Any:
    """Let a plan say something else for the periods that have not begun yet."""
    with transaction() as session:
        return plans.change_plan(session, actor(), plan_id, **sent)


@blueprint.route("/plans/<uuid:plan_id>/end", methods=["POST"])
@allow(Permission.PLAN_WRITE)
@blueprint.answer(PlanOutput)
@blueprint.body(EndPlanInput)
def end_plan(sent: dict[str, Any], plan_id: UUID) -> Any:
    """Let a plan end with a day."""
    with transaction() as session:
        return plans.end_plan(session, actor(), plan_id, **sent)
