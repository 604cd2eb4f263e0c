"""The matrix: what people ask about the data held of them."""

from typing import Any

from app.ids import new_id
from tests.matrix.lines import Call, Line, with_json
from tests.matrix.routes_base import EVERYBODY, NOT_SEEN, at
from tests.matrix.stage import Stage

_MINE = "/v1/me/corrections/<uuid:correction_id>"
_DELETION = "deletions/<uuid:deletion_id>"
_DECIDE = {"admin": 200, "county": 404, "city": 404}
"""Where another admin decides, the offices find nothing."""
_ONE = "/v1/corrections/<uuid:correction_id>"


def _ask(_: Stage) -> Call:
    body = {"field": "name", "value": "王桂蓝", "said": "户口本上是这个字"}
    return Call(f"/v1/me/corrections/{new_id()}", with_json(body))


def _withdraw(stage: Stage) -> Call:
    return Call(f"/v1/me/corrections/{stage.correction('admin')}/withdraw")


def _show(stage: Stage) -> Call:
    return Call(f"/v1/corrections/{stage.correction()}")


def _approve(stage: Stage) -> Call:
    return Call(f"/v1/corrections/{stage.correction()}/approve", with_json({"note": "看过户口本"}))


def _refuse(stage: Stage) -> Call:
    return Call(f"/v1/corrections/{stage.correction()}/refuse", with_json({"note": "户口本上不是"}))


def _ask_deletion(_: Stage) -> Call:
    return Call(f"/v1/me/deletions/{new_id()}", with_json({"what": "photos"}))


def _withdraw_deletion(stage: Stage) -> Call:
    return Call(f"/v1/me/deletions/{stage.deletion('admin')}/withdraw")


def _decide_deletion(verb: str) -> Any:
    return lambda stage: Call(
        f"/v1/deletions/{stage.deletion()}/{verb}", with_json({"note": "户口本上的姓名依法保留"})
    )


def _close(_: Stage) -> Call:
    return Call(f"/v1/me/closings/{new_id()}", with_json({}))


def _keep_open(stage: Stage) -> Call:
    return Call(f"/v1/me/closings/{stage.closing('admin')}/withdraw")


def _frozen(stage: Stage) -> Call:
    return Call(f"/v1/closings/{stage.closing()}/frozen?kind=consents")


OWN_DATA = [
    Line("GET", "/v1/me/held", EVERYBODY, at("/v1/me/held"), 200),
    Line("GET", "/v1/me/deletions", EVERYBODY, at("/v1/me/deletions"), 200),
    Line("PUT", f"/v1/me/{_DELETION}", {"resident": 201}, _ask_deletion, 201),
    Line("POST", f"/v1/me/{_DELETION}/withdraw", NOT_SEEN | {"admin": 200}, _withdraw_deletion),
    Line("GET", "/v1/deletions", _DECIDE | {"county": 200, "city": 200}, at("/v1/deletions"), 200),
    Line("POST", f"/v1/{_DELETION}/approve", _DECIDE, _decide_deletion("approve")),
    Line("POST", f"/v1/{_DELETION}/refuse", _DECIDE, _decide_deletion("refuse")),
    Line("GET", "/v1/me/closing-terms", EVERYBODY, at("/v1/me/closing-terms"), 200),
    Line("GET", "/v1/me/closings", EVERYBODY, at("/v1/me/closings"), 200),
    Line("PUT", "/v1/me/closings/<uuid:closing_id>", dict.fromkeys(EVERYBODY, 201), _close, 201),
    Line("POST", "/v1/me/closings/<uuid:closing_id>/withdraw", NOT_SEEN | {"admin": 200}, _keep_open),
    Line("GET", "/v1/closings", {"auditor": 200}, at("/v1/closings"), 200),
    Line("GET", "/v1/closings/<uuid:closing_id>/frozen", {"auditor": 200}, _frozen),
    Line("GET", "/v1/me/corrections", EVERYBODY, at("/v1/me/corrections"), 200),
    Line("PUT", _MINE, {"resident": 201}, _ask, 201),
    Line("POST", f"{_MINE}/withdraw", NOT_SEEN | {"admin": 200}, _withdraw),
    Line("GET", "/v1/corrections", _DECIDE | {"county": 200, "city": 200}, at("/v1/corrections"), 200),
    Line("GET", _ONE, _DECIDE, _show),
    Line("POST", f"{_ONE}/approve", _DECIDE, _approve),
    Line("POST", f"{_ONE}/refuse", _DECIDE, _refuse),
]
