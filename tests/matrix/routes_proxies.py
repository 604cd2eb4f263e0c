"""The matrix: proxies."""

from datetime import timedelta

from app.clock import business_day
from app.ids import new_id
from tests.matrix.lines import ROLES, Call, Line, with_json
from tests.matrix.routes_base import EVERYBODY, NOT_SEEN, at
from tests.matrix.stage import Stage

_ONE = "/v1/proxies/<uuid:proxy_id>"
_MINE = "/v1/me/proxies/<uuid:proxy_id>"


def _ask(stage: Stage) -> Call:
    """Ask for the adult of the household who has no account; the resident lives with him."""
    body = {
        "resident_id": str(stage.unbound()),
        "relation": "other",
        "functions": ["see", "redeem"],
        "valid_until": (business_day() + timedelta(days=30)).isoformat(),
        "consent": "当面说过",
    }
    return Call(f"/v1/proxies/{new_id()}", with_json(body))


def _ask_as_kin(stage: Stage) -> Call:
    """Ask for the same one as kin of another household: whoever knows code and name may, wherever he is."""
    stage.unbound()
    body = {
        "code": stage.binding_code(),
        "resident_name": "王小兰",
        "my_name": "王大明",
        "relation": "sibling",
        "functions": ["see"],
        "valid_until": (business_day() + timedelta(days=30)).isoformat(),
        "consent": "电话里说过",
    }
    return Call(f"/v1/me/proxies/{new_id()}", with_json(body))


def _confirm(stage: Stage) -> Call:
    return Call(f"/v1/proxies/{stage.proxy()}/confirm", with_json({"how": "in_person"}))


PROXIES = [
    Line("PUT", _ONE, {"resident": 201, "lead": 201, "worker": 201, "admin": 201}, _ask),
    Line("GET", "/v1/proxies", {"admin": 200}, at("/v1/proxies"), 200),
    Line("POST", f"{_ONE}/confirm", {"admin": 200}, _confirm),
    Line("POST", f"{_ONE}/end", {"admin": 200}, lambda stage: Call(f"/v1/proxies/{stage.proxy()}/end")),
    Line("GET", "/v1/me/proxies", EVERYBODY, at("/v1/me/proxies?side=by_me"), 200),
    Line("PUT", _MINE, dict.fromkeys(ROLES, 201), _ask_as_kin, 201),
    Line("GET", "/v1/me/wards", EVERYBODY, at("/v1/me/wards"), 200),
    Line(
        "POST",
        f"{_MINE}/confirm",
        NOT_SEEN | {"resident": 200},
        lambda stage: Call(f"/v1/me/proxies/{stage.proxy()}/confirm"),
    ),
    Line(
        "POST",
        f"{_MINE}/end",
        NOT_SEEN | {"resident": 200, "clerk": 200},
        lambda stage: Call(f"/v1/me/proxies/{stage.proxy()}/end"),
    ),
]
