"""The matrix: what shows presence, and second looks."""

from collections.abc import Callable
from typing import Any

from app.ids import new_id
from app.models import SpotCheckStatus
from tests.matrix.lines import Call, Line, with_json, with_step
from tests.matrix.routes_patrol import FIELD_STAFF, OFFICES
from tests.matrix.stage import Stage


def _challenge(stage: Stage) -> Call:
    body = {"place_id": str(stage.place_id), "device_id": str(new_id())}
    return Call("/v1/challenges", with_step(body))


def _of_check(verb: str, status: SpotCheckStatus, body: dict[str, Any]) -> Callable[[Stage], Call]:
    return lambda stage: Call(f"/v1/spot-checks/{stage.spot_check(status)}/{verb}", with_json(body))


PRESENCE = [
    Line(
        "GET",
        "/v1/spot-checks",
        dict.fromkeys(("worker", "admin", *OFFICES), 200),
        lambda _: Call("/v1/spot-checks"),
        200,
    ),
    Line(
        "GET",
        "/v1/spot-checks/<uuid:check_id>",
        dict.fromkeys(("worker", "admin", *OFFICES), 200),
        lambda stage: Call(f"/v1/spot-checks/{stage.spot_check(SpotCheckStatus.CONFIRMED)}"),
    ),
    Line(
        "POST",
        "/v1/spot-checks/<uuid:check_id>/result",
        dict.fromkeys(("admin", *OFFICES), 200),
        _of_check("result", SpotCheckStatus.DRAWN, {"result": "confirmed", "note": "有人见过"}),
    ),
    Line(
        "POST",
        "/v1/spot-checks/<uuid:check_id>/appeal",
        {"worker": 200, "admin": 404, "county": 404, "city": 404},
        _of_check("appeal", SpotCheckStatus.NOT_CONFIRMED, {"reason": "我去过的"}),
    ),
    Line(
        "POST",
        "/v1/spot-checks/<uuid:check_id>/decide",
        {"admin": 200, "county": 200, "city": 403},
        _of_check("decide", SpotCheckStatus.APPEALED, {"upheld": False, "note": "查实去过"}),
    ),
    Line(
        "GET",
        "/v1/spot-check-weeks",
        dict.fromkeys(("admin", *OFFICES), 200),
        lambda _: Call("/v1/spot-check-weeks"),
        200,
    ),
    Line(
        "GET",
        "/v1/spot-check-weeks/<uuid:week_id>",
        dict.fromkeys(("admin", *OFFICES), 200),
        lambda stage: Call(f"/v1/spot-check-weeks/{stage.spot_check_week()}"),
    ),
    Line("POST", "/v1/challenges", {"worker": 200, "admin": 200}, _challenge),
    Line(
        "POST",
        "/v1/places/<uuid:place_id>/witness-codes",
        dict.fromkeys(("resident", "clerk", *FIELD_STAFF), 200),
        lambda stage: Call(f"/v1/places/{stage.place_id}/witness-codes", with_step({})),
        foreign_resident=200,
    ),
    Line(
        "GET",
        "/v1/device-findings",
        {"admin": 200, "county": 200},
        lambda _: Call("/v1/device-findings"),
        200,
    ),
]
