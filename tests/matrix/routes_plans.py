"""The matrix: plans, occurrences, absences, units, routes, deadlines of categories."""

from datetime import timedelta

from app.clock import business_day
from app.ids import new_id
from tests.matrix.lines import Call, Line, with_json, with_step
from tests.matrix.stage import Stage

_TERMS = {
    "title": "楼栋消防检查",
    "frequency": "daily",
    "opens": "08:00",
    "due_after_min": 600,
    "missed_after_min": 60,
    "on_day_off": "keep",
    "starts_on": (business_day() + timedelta(days=1)).isoformat(),
}


def _new_plan(stage: Stage) -> Call:
    post = {"worker_id": str(stage.user("worker")), "area_code": stage.area}
    body = {
        "area_code": stage.area,
        "checklist_id": str(stage.checklist()[0]),
        "place_ids": [str(stage.place_id)],
        "roster": [post],
    }
    return Call(f"/v1/plans/{new_id()}", with_json(_TERMS | body))


def _change_plan(stage: Stage) -> Call:
    post = {"worker_id": str(stage.user("worker")), "place_id": str(stage.place_id)}
    body = {"place_ids": [str(stage.place_id)], "roster": [post]}
    return Call(f"/v1/plans/{stage.plan()}/change", with_step(_TERMS | body))


def _end_plan(stage: Stage) -> Call:
    body = {"ends_on": (business_day() + timedelta(days=1)).isoformat()}
    return Call(f"/v1/plans/{stage.plan()}/end", with_step(body))


def _reassign(stage: Stage) -> Call:
    body = {"worker_id": str(stage.user("admin")), "reason": "请假"}
    return Call(f"/v1/occurrences/{stage.occurrence()}/reassign", with_step(body))


def _new_absence(stage: Stage) -> Call:
    body = {
        "area_code": stage.community,
        "worker_id": str(stage.user("worker")),
        "substitute_id": str(stage.user("admin")),
        "from_on": business_day().isoformat(),
        "until_on": business_day().isoformat(),
        "reason": "leave",
    }
    return Call(f"/v1/absences/{new_id()}", with_json(body))


def _new_route(stage: Stage) -> Call:
    body = {"area_code": stage.area, "place_ids": [str(stage.place_id)]}
    return Call(f"/v1/routes/{new_id()}", with_json(body))


def _category_deadline(stage: Stage) -> Call:
    body = {"area_code": stage.community, "category": "fire", "working_days": 3}
    return Call(f"/v1/category-deadlines/{new_id()}", with_json(body))


def _new_unit(stage: Stage) -> Call:
    body = {
        "area_code": stage.community,
        "name": "维修班",
        "kind": "team",
        "member_ids": [str(stage.user("worker"))],
    }
    return Call(f"/v1/units/{new_id()}", with_json(body))


def _change_unit(stage: Stage) -> Call:
    body = {"name": "抢修班", "member_ids": [str(stage.user("worker"))]}
    return Call(f"/v1/units/{stage.unit()}/change", with_step(body))


_PLAN_READERS = dict.fromkeys(("worker", "admin", "county", "city"), 200)
_DAY_READERS = dict.fromkeys(("lead", "worker", "admin"), 200)

PLANS = [
    Line("GET", "/v1/me/today", _DAY_READERS, lambda _: Call("/v1/me/today"), 200),
    Line("GET", "/v1/plans", _PLAN_READERS, lambda _: Call("/v1/plans"), 200),
    Line("PUT", "/v1/plans/<uuid:plan_id>", {"admin": 201}, _new_plan),
    Line("GET", "/v1/plans/<uuid:plan_id>", _PLAN_READERS, lambda stage: Call(f"/v1/plans/{stage.plan()}")),
    Line(
        "GET",
        "/v1/plans/<uuid:plan_id>/preview",
        _PLAN_READERS,
        lambda stage: Call(f"/v1/plans/{stage.plan()}/preview"),
    ),
    Line("POST", "/v1/plans/<uuid:plan_id>/change", {"admin": 200}, _change_plan),
    Line("POST", "/v1/plans/<uuid:plan_id>/end", {"admin": 200}, _end_plan),
    Line("GET", "/v1/occurrences", _PLAN_READERS, lambda _: Call("/v1/occurrences"), 200),
    Line(
        "GET",
        "/v1/occurrences/<uuid:occurrence_id>",
        _PLAN_READERS,
        lambda stage: Call(f"/v1/occurrences/{stage.occurrence()}"),
    ),
    Line("POST", "/v1/occurrences/<uuid:occurrence_id>/reassign", {"admin": 200}, _reassign),
    Line("GET", "/v1/absences", _PLAN_READERS, lambda _: Call("/v1/absences"), 200),
    Line("PUT", "/v1/absences/<uuid:absence_id>", {"admin": 201}, _new_absence),
    Line(
        "POST",
        "/v1/absences/<uuid:absence_id>/end",
        {"admin": 200},
        lambda stage: Call(f"/v1/absences/{stage.absence()}/end"),
    ),
    Line("GET", "/v1/routes", _PLAN_READERS, lambda stage: Call(f"/v1/routes?area_code={stage.area}")),
    Line("PUT", "/v1/routes/<uuid:route_id>", {"admin": 201}, _new_route),
    Line(
        "GET",
        "/v1/category-deadlines",
        {"admin": 200, "county": 200, "city": 200},
        lambda stage: Call(f"/v1/category-deadlines?area_code={stage.community}"),
    ),
    Line("PUT", "/v1/category-deadlines/<uuid:deadline_id>", {"admin": 201}, _category_deadline),
    Line("GET", "/v1/units", {"admin": 200, "county": 200}, lambda _: Call("/v1/units"), 200),
    Line("PUT", "/v1/units/<uuid:unit_id>", {"admin": 201}, _new_unit),
    Line("POST", "/v1/units/<uuid:unit_id>/change", {"admin": 200}, _change_unit),
]
