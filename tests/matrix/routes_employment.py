"""The matrix: what residents live by, and how many work."""

from app.clock import business_day
from app.ids import new_id
from tests.matrix.lines import Call, Line, with_json
from tests.matrix.stage import Stage

_WRITERS = {"worker": 200, "admin": 200}
_OFFICES = {"county": 200, "city": 200}


def _month() -> str:
    return f"{business_day():%Y-%m}"


def _new_entry(stage: Stage) -> Call:
    body = {
        "resident_id": str(stage.resident_id),
        "month": _month(),
        "state": "employed",
        "place": "county",
        "way": "workshop",
        "wage": "from_2000",
        "months": 4,
        "source": "visit",
    }
    return Call(f"/v1/employments/{new_id()}", with_json(body))


def _unchanged(stage: Stage) -> Call:
    stage.employment(months_ago=1)
    body = {"step_id": str(new_id()), "month": _month(), "source": "phone"}
    return Call(f"/v1/residents/{stage.resident_id}/employments/unchanged", with_json(body))


def _unchanged_each(stage: Stage) -> Call:
    stage.employment(months_ago=1)
    item = {"id": str(new_id()), "resident_id": str(stage.resident_id)}
    body = {"month": _month(), "source": "phone", "items": [item]}
    return Call("/v1/employments/unchanged", with_json(body))


def _of_resident(stage: Stage) -> Call:
    stage.employment()
    return Call(f"/v1/residents/{stage.resident_id}/employments")


_FIGURES = (
    "/v1/work-dispatch",
    "/v1/work-dispatch/workbook",
    "/v1/work-bulletin",
    "/v1/work-bulletin/falls",
    "/v1/work-bulletin/workbook",
)


def _of_offices(rule: str) -> Line:
    return Line("GET", rule, _OFFICES, lambda stage: Call(f"{rule}?area_code={stage.community}"))


EMPLOYMENT = [
    Line("PUT", "/v1/employments/<uuid:entry_id>", {"worker": 201, "admin": 201}, _new_entry),
    Line("POST", "/v1/employments/unchanged", _WRITERS, _unchanged_each, 200),
    Line("POST", "/v1/residents/<uuid:resident_id>/employments/unchanged", _WRITERS, _unchanged),
    Line("GET", "/v1/residents/<uuid:resident_id>/employments", _WRITERS, _of_resident),
    Line("GET", "/v1/me/employments", {"resident": 200}, lambda _: Call("/v1/me/employments"), 200),
    Line("GET", "/v1/employments/due", _WRITERS, lambda _: Call("/v1/employments/due"), 200),
    Line("GET", "/v1/employments/homes", _WRITERS, lambda _: Call("/v1/employments/homes"), 200),
    *(_of_offices(rule) for rule in _FIGURES),
]
