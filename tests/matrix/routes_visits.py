"""The matrix: care records, weather alerts, visits, follow-ups."""

from collections.abc import Callable

from app.clock import business_day, now
from app.ids import new_id
from app.models import Visit
from tests.matrix.lines import Call, Line, with_json, with_step
from tests.matrix.stage import Stage

_CARERS = {"worker": 200, "admin": 200}


def _new_record(stage: Stage) -> Call:
    body = {
        "resident_id": str(stage.resident_id),
        "category": "elderly",
        "level": "low",
        "worker_id": str(stage.user("worker")),
        "reason": "独居",
    }
    return Call(f"/v1/care-records/{new_id()}", with_json(body))


def _record(stage: Stage) -> Call:
    return Call(f"/v1/care-records/{stage.care_record()}")


def _end(stage: Stage) -> Call:
    body = {"ended_on": business_day().isoformat(), "why": "other"}
    return Call(f"/v1/care-records/{stage.care_record()}/end", with_json(body))


def _history(stage: Stage) -> Call:
    return Call(f"/v1/care-records/{stage.care_event()}/history")


def _contacts(stage: Stage) -> Call:
    return Call(f"/v1/care-records/{stage.care_record()}/contacts")


def _draft(stage: Stage) -> Call:
    visit = stage.session.get_one(Visit, stage.visit()[0])
    return Call(f"/v1/care-records/{visit.care_record_id}/visit-draft")


def _step(verb: str, **body: object) -> Callable[[Stage], Call]:
    def call(stage: Stage) -> Call:
        whole = {"step_id": str(new_id()), **body}
        if verb == "worker":
            whole["worker_id"] = str(stage.user("admin"))
        return Call(f"/v1/care-records/{stage.care_record()}/{verb}", with_json(whole))

    return call


_WILL = {"willingness": "yes", "willing_speaker": "resident"}


def _will(stage: Stage) -> Call:
    return _step("willingness", **_WILL, willing_on=business_day().isoformat())(stage)


_READERS = {**_CARERS, "county": 200, "city": 200}


def _new_help(stage: Stage) -> Call:
    body = {"resident_id": str(stage.resident_id), "helpers": 2, "noted_on": business_day().isoformat()}
    return Call(f"/v1/escape-helps/{new_id()}", with_json(body))


def _end_help(stage: Stage) -> Call:
    body = {"ended_on": business_day().isoformat()}
    return Call(f"/v1/escape-helps/{stage.escape_help()}/end", with_json(body))


def _new_alert(stage: Stage) -> Call:
    today = business_day().isoformat()
    body = {"area_code": stage.area, "kind": "snow", "from_on": today, "until_on": today, "reason": "大雪"}
    return Call(f"/v1/weather-alerts/{new_id()}", with_json(body))


def _new_visit(stage: Stage) -> Call:
    body = {
        "care_record_id": str(stage.care_record()),
        "form_id": str(stage.visit_form()),
        "mode": "in_person",
        "outcome": "seen_well",
        "answers": {"mood": "好"},
        "captured_at": now().isoformat(),
    }
    return Call(f"/v1/visits/{new_id()}", with_json(body))


def _visits(stage: Stage) -> Call:
    visit = stage.session.get_one(Visit, stage.visit()[0])
    return Call(f"/v1/visits?care_record_id={visit.care_record_id}")


def _answer(stage: Stage) -> Call:
    body = {"answer": "confirmed", "word": "来过"}
    return Call(f"/v1/me/visits/{stage.visit()[0]}/answer", with_step(body))


def _finish(stage: Stage) -> Call:
    return Call(f"/v1/follow-ups/{stage.visit()[1]}/finish", with_json({"result": "药已送到"}))


def _hand_over(stage: Stage) -> Call:
    body = {"step_id": str(new_id()), "owner_id": str(stage.user("admin")), "reason": "他去办更快"}
    return Call(f"/v1/follow-ups/{stage.visit()[1]}/hand-over", with_json(body))


def _postpone(stage: Stage) -> Call:
    body = {"step_id": str(new_id()), "due_on": business_day().isoformat(), "reason": "医院约在今天"}
    return Call(f"/v1/follow-ups/{stage.visit()[1]}/postpone", with_json(body))


VISITS = [
    Line(
        "GET",
        "/v1/care-counts",
        {"county": 200, "city": 200},
        lambda stage: Call(f"/v1/care-counts?area_code={stage.community}"),
    ),
    Line("GET", "/v1/care-records", _CARERS, lambda _: Call("/v1/care-records"), 200),
    Line("PUT", "/v1/care-records/<uuid:record_id>", {"admin": 201}, _new_record),
    Line("GET", "/v1/care-records/<uuid:record_id>", _CARERS, _record),
    Line("POST", "/v1/care-records/<uuid:record_id>/end", {"admin": 200}, _end),
    Line("GET", "/v1/care-records/<uuid:record_id>/history", _CARERS, _history),
    Line("GET", "/v1/care-records/<uuid:record_id>/visit-draft", _CARERS, _draft),
    Line(
        "POST",
        "/v1/care-records/<uuid:record_id>/level",
        {"admin": 200},
        _step("level", level="medium", reason="摔伤了"),
    ),
    Line(
        "POST",
        "/v1/care-records/<uuid:record_id>/worker",
        {"admin": 200},
        _step("worker", reason="换了网格"),
    ),
    Line(
        "POST",
        "/v1/care-records/<uuid:record_id>/substitute",
        {"admin": 200},
        _step("substitute", substitute_id=None),
    ),
    Line("POST", "/v1/care-records/<uuid:record_id>/willingness", _CARERS, _will),
    Line("GET", "/v1/care-records/<uuid:record_id>/contacts", _CARERS, _contacts),
    Line(
        "POST",
        "/v1/care-records/<uuid:record_id>/contacts",
        _CARERS,
        _step("contacts", contacts=[{"name": "赵强", "relation": "儿子", "phone": "10000107700"}]),
    ),
    Line("GET", "/v1/escape-helps", _CARERS, lambda _: Call("/v1/escape-helps"), 200),
    Line("PUT", "/v1/escape-helps/<uuid:help_id>", {"worker": 201, "admin": 201}, _new_help),
    Line("POST", "/v1/escape-helps/<uuid:help_id>/end", _CARERS, _end_help),
    Line("GET", "/v1/weather-alerts", _READERS, lambda _: Call("/v1/weather-alerts"), 200),
    Line("PUT", "/v1/weather-alerts/<uuid:alert_id>", {"admin": 201, "county": 201}, _new_alert),
    Line(
        "POST",
        "/v1/weather-alerts/<uuid:alert_id>/end",
        {"admin": 200, "county": 200},
        lambda stage: Call(f"/v1/weather-alerts/{stage.weather_alert()}/end"),
    ),
    Line("GET", "/v1/visit-forms", _CARERS, lambda _: Call("/v1/visit-forms?category=elderly"), 200),
    Line("GET", "/v1/visits", _CARERS, _visits),
    Line("PUT", "/v1/visits/<uuid:visit_id>", {"worker": 201, "admin": 201}, _new_visit),
    Line(
        "GET",
        "/v1/visits/<uuid:visit_id>",
        _CARERS,
        lambda stage: Call(f"/v1/visits/{stage.visit()[0]}"),
    ),
    Line(
        "POST",
        "/v1/visits/<uuid:visit_id>/print",
        _CARERS,
        lambda stage: Call(f"/v1/visits/{stage.visit()[0]}/print", with_json({"purpose": "开会研究帮扶"})),
    ),
    Line("GET", "/v1/me/visits", {"resident": 200}, lambda _: Call("/v1/me/visits"), 200),
    Line("POST", "/v1/me/visits/<uuid:visit_id>/answer", {"resident": 200}, _answer),
    Line("GET", "/v1/answered-visits", {"admin": 200}, lambda _: Call("/v1/answered-visits"), 200),
    Line("GET", "/v1/follow-ups", _CARERS, lambda _: Call("/v1/follow-ups"), 200),
    Line("POST", "/v1/follow-ups/<uuid:follow_up_id>/finish", _CARERS, _finish),
    Line("POST", "/v1/follow-ups/<uuid:follow_up_id>/hand-over", _CARERS, _hand_over),
    Line("POST", "/v1/follow-ups/<uuid:follow_up_id>/postpone", _CARERS, _postpone),
]
