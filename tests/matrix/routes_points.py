"""The matrix: rules, claims, accounts, the shop."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from app.clock import now
from app.ids import new_id
from app.models import ClaimStatus, Redemption
from tests.matrix.lines import Call, Line, with_json
from tests.matrix.stage import Stage

_S = ClaimStatus
_HELPERS = ("lead", "worker", "admin")
_READERS = dict.fromkeys(("resident", *_HELPERS), 200)
_RULE_READERS = {**_READERS, "county": 200, "city": 200}
_SHOPPERS = {**_READERS, "clerk": 200}
_PICKUP = "the code shown at the counter"


def _at(path: str) -> Callable[[Stage], Call]:
    return lambda _: Call(path)


def _new_claim(stage: Stage) -> Call:
    body = {
        "rule_id": str(stage.rule()),
        "resident_id": str(stage.resident_id),
        "captured_at": now().isoformat(),
    }
    return Call(f"/v1/claims/{new_id()}", with_json(body))


def _claim(verb: str, status: ClaimStatus, body: dict[str, Any] | None = None) -> Callable[[Stage], Call]:
    def call(stage: Stage) -> Call:
        path = f"/v1/claims/{stage.claim(status)}"
        return Call(path) if not verb else Call(f"{path}/{verb}", with_json(body or {}))

    return call


def _account(suffix: str) -> Callable[[Stage], Call]:
    return lambda stage: Call(f"/v1/points/{suffix}?household_id={stage.household_id}")


def _new_reward(stage: Stage) -> Call:
    body = {"area_code": stage.community, "name": "毛巾", "unit": "条", "price": 8, "cost_fen": 700}
    return Call(f"/v1/rewards/{new_id()}", with_json(body))


def _delivery(stage: Stage) -> Call:
    body = {"id": str(new_id()), "quantity": 3}
    return Call(f"/v1/rewards/{stage.reward()}/deliveries", with_json(body))


def _new_redemption(stage: Stage) -> Call:
    stage.account(balance=10)
    body = {"reward_id": str(stage.reward()), "quantity": 1, "household_id": str(stage.household_id)}
    return Call(f"/v1/redemptions/{new_id()}", with_json(body))


def _redemption(verb: str = "") -> Callable[[Stage], Call]:
    def call(stage: Stage) -> Call:
        path = f"/v1/redemptions/{stage.redemption()}"
        return Call(path) if not verb else Call(f"{path}/{verb}", with_json({}))

    return call


def _hand_over(stage: Stage) -> Call:
    redemption_id = stage.redemption()
    open_one = stage.session.get_one(Redemption, redemption_id)
    open_one.pickup_hash = sha256(_PICKUP.encode()).digest()
    open_one.pickup_until = now() + timedelta(minutes=1)
    return Call(f"/v1/redemptions/{redemption_id}/hand-over", with_json({"code": _PICKUP}))


POINTS = [
    Line("GET", "/v1/rules", _RULE_READERS, _at("/v1/rules"), 200),
    Line("GET", "/v1/claims", _READERS, _at("/v1/claims"), 200),
    Line("GET", "/v1/claims/notice", _RULE_READERS, _at("/v1/claims/notice"), 200),
    Line(
        "PUT",
        "/v1/claims/<uuid:claim_id>",
        dict.fromkeys(("resident", *_HELPERS), 201),
        _new_claim,
    ),
    Line("GET", "/v1/claims/<uuid:claim_id>", _READERS, _claim("", _S.SUBMITTED)),
    Line(
        "POST",
        "/v1/claims/<uuid:claim_id>/verify",
        {"lead": 200, "worker": 200},
        _claim("verify", _S.SUBMITTED),
    ),
    Line("POST", "/v1/claims/<uuid:claim_id>/approve", {"admin": 200}, _claim("approve", _S.VERIFIED)),
    Line(
        "POST",
        "/v1/claims/<uuid:claim_id>/return",
        dict.fromkeys(_HELPERS, 200),
        _claim("return", _S.SUBMITTED, {"reason": "照片看不清"}),
    ),
    Line(
        "POST",
        "/v1/claims/<uuid:claim_id>/reject",
        dict.fromkeys(_HELPERS, 200),
        _claim("reject", _S.SUBMITTED, {"reason": "没有这回事"}),
    ),
    Line(
        "POST",
        "/v1/claims/<uuid:claim_id>/withdraw",
        {"resident": 200},
        _claim("withdraw", _S.SUBMITTED),
    ),
    Line(
        "POST",
        "/v1/claims/<uuid:claim_id>/resubmit",
        {"resident": 200},
        _claim("resubmit", _S.RETURNED, {"text": "补了照片"}),
    ),
    Line("GET", "/v1/points/account", _READERS, _account("account")),
    Line("GET", "/v1/points/entries", _READERS, _account("entries")),
    Line("GET", "/v1/rewards", _SHOPPERS, _at("/v1/rewards"), 200),
    Line("PUT", "/v1/rewards/<uuid:reward_id>", {"admin": 201}, _new_reward, 403),
    Line("POST", "/v1/rewards/<uuid:reward_id>/deliveries", {"admin": 201}, _delivery),
    Line(
        "GET",
        "/v1/redemptions",
        dict.fromkeys(("resident", "lead", "clerk", "admin"), 200),
        _at("/v1/redemptions"),
        200,
    ),
    Line(
        "PUT",
        "/v1/redemptions/<uuid:redemption_id>",
        {"resident": 201, "lead": 201},
        _new_redemption,
    ),
    Line(
        "GET",
        "/v1/redemptions/<uuid:redemption_id>",
        dict.fromkeys(("resident", "lead", "clerk", "admin"), 200),
        _redemption(),
    ),
    Line(
        "POST",
        "/v1/redemptions/<uuid:redemption_id>/pickup-code",
        {"resident": 200, "lead": 200},
        _redemption("pickup-code"),
    ),
    Line(
        "POST",
        "/v1/redemptions/<uuid:redemption_id>/hand-over",
        {"clerk": 200, "lead": 200},
        _hand_over,
    ),
    Line(
        "POST",
        "/v1/redemptions/<uuid:redemption_id>/cancel",
        {"resident": 200, "lead": 200},
        _redemption("cancel"),
    ),
]
