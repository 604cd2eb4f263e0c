"""The matrix: rules, claims, accounts, the shop."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from app.clock import now
from app.ids import new_id
from app.models import ClaimStatus, Redemption
from tests.matrix.lines import Call, Line, with_json, with_step
from tests.matrix.stage import Stage

_FIELD_STAFF = ("lead", "worker", "admin")
_HOUSEHOLD_AND_STAFF = dict.fromkeys(("resident", *_FIELD_STAFF), 200)
_COMMUNITY_AND_OFFICES = dict.fromkeys(("resident", *_FIELD_STAFF, "county", "city"), 200)
_SHOPPERS = dict.fromkeys(("resident", "clerk", *_FIELD_STAFF), 200)
_ORDERERS = {"resident": 200, "lead": 200}
_ORDER_READERS = dict.fromkeys(("resident", "lead", "clerk", "admin"), 200)
_NOT_WHO_CLAIMED = {"resident": 200, **dict.fromkeys(_FIELD_STAFF, 403)}
_CODE = "a-code-of-128-bits-000"
_S = ClaimStatus


def _new_claim(stage: Stage) -> Call:
    body = {
        "resident_id": str(stage.resident_id),
        "rule_id": str(stage.rule()),
        "captured_at": now().isoformat(),
    }
    return Call(f"/v1/claims/{new_id()}", with_json(body))


def _step(verb: str, status: ClaimStatus, body: dict[str, Any]) -> Callable[[Stage], Call]:
    """Call a step on a claim of the household that is in the right state."""

    def call(stage: Stage) -> Call:
        return Call(f"/v1/claims/{stage.claim(status)}/{verb}", with_step(body))

    return call


def _of_household(path: str) -> Callable[[Stage], Call]:
    return lambda stage: Call(f"{path}?household_id={stage.household_id}")


def _new_reward(stage: Stage) -> Call:
    body = {"area_code": stage.community, "name": "洗洁精", "unit": "瓶", "price": 15, "cost_fen": 1200}
    return Call(f"/v1/rewards/{new_id()}", with_json(body))


def _delivery(stage: Stage) -> Call:
    body = {"id": str(new_id()), "quantity": 5}
    return Call(f"/v1/rewards/{stage.reward()}/deliveries", with_json(body))


def _order(stage: Stage) -> Call:
    stage.account(balance=10)
    body = {
        "reward_id": str(stage.reward()),
        "quantity": 1,
        "household_id": str(stage.household_id),
    }
    return Call(f"/v1/redemptions/{new_id()}", with_json(body))


def _redemption(verb: str = "") -> Callable[[Stage], Call]:
    return lambda stage: Call(f"/v1/redemptions/{stage.redemption()}{verb}")


def _pickup_code(stage: Stage) -> Call:
    return Call(f"/v1/redemptions/{stage.redemption()}/pickup-code", with_json({"version": 0}))


def _hand_over(stage: Stage) -> Call:
    redemption_id = stage.redemption()
    redemption = stage.session.get_one(Redemption, redemption_id)
    redemption.pickup_hash = sha256(_CODE.encode()).digest()
    redemption.pickup_until = now() + timedelta(seconds=60)
    return Call(f"/v1/redemptions/{redemption_id}/hand-over", with_json({"code": _CODE}))


POINTS = [
    Line("GET", "/v1/rules", _COMMUNITY_AND_OFFICES, lambda _: Call("/v1/rules"), 200),
    Line("GET", "/v1/claims", _HOUSEHOLD_AND_STAFF, lambda _: Call("/v1/claims"), 200),
    Line("GET", "/v1/claims/notice", _COMMUNITY_AND_OFFICES, lambda _: Call("/v1/claims/notice"), 200),
    Line("PUT", "/v1/claims/<uuid:claim_id>", dict.fromkeys(("resident", *_FIELD_STAFF), 201), _new_claim),
    Line(
        "GET",
        "/v1/claims/<uuid:claim_id>",
        _HOUSEHOLD_AND_STAFF,
        lambda stage: Call(f"/v1/claims/{stage.claim(_S.SUBMITTED)}"),
    ),
    Line(
        "POST",
        "/v1/claims/<uuid:claim_id>/verify",
        {"lead": 200, "worker": 200},
        _step("verify", _S.SUBMITTED, {}),
    ),
    Line("POST", "/v1/claims/<uuid:claim_id>/approve", {"admin": 200}, _step("approve", _S.VERIFIED, {})),
    Line(
        "POST",
        "/v1/claims/<uuid:claim_id>/return",
        dict.fromkeys(_FIELD_STAFF, 200),
        _step("return", _S.SUBMITTED, {"reason": "照片看不清"}),
    ),
    Line(
        "POST",
        "/v1/claims/<uuid:claim_id>/reject",
        {"lead": 403, "worker": 403, "admin": 200},
        _step("reject", _S.VERIFIED, {"reason": "没有做"}),
    ),
    Line(
        "POST",
        "/v1/claims/<uuid:claim_id>/resubmit",
        _NOT_WHO_CLAIMED,
        _step("resubmit", _S.RETURNED, {"text": "重新拍了"}),
    ),
    Line(
        "POST",
        "/v1/claims/<uuid:claim_id>/withdraw",
        _NOT_WHO_CLAIMED,
        _step("withdraw", _S.SUBMITTED, {}),
    ),
    Line("GET", "/v1/points/account", _HOUSEHOLD_AND_STAFF, _of_household("/v1/points/account")),
    Line("GET", "/v1/points/entries", _HOUSEHOLD_AND_STAFF, _of_household("/v1/points/entries")),
    Line("GET", "/v1/points/passbook.pdf", _HOUSEHOLD_AND_STAFF, _of_household("/v1/points/passbook.pdf")),
    Line("GET", "/v1/rewards", _SHOPPERS, lambda _: Call("/v1/rewards"), 200),
    Line("PUT", "/v1/rewards/<uuid:reward_id>", {"admin": 201}, _new_reward),
    Line("POST", "/v1/rewards/<uuid:reward_id>/deliveries", {"admin": 201}, _delivery),
    Line("GET", "/v1/redemptions", _ORDER_READERS, lambda _: Call("/v1/redemptions"), 200),
    Line("PUT", "/v1/redemptions/<uuid:redemption_id>", {"resident": 201, "lead": 201}, _order),
    Line("GET", "/v1/redemptions/<uuid:redemption_id>", _ORDER_READERS, _redemption()),
    Line(
        "POST",
        "/v1/redemptions/<uuid:redemption_id>/pickup-code",
        _ORDERERS,
        _pickup_code,
    ),
    Line(
        "POST",
        "/v1/redemptions/<uuid:redemption_id>/hand-over",
        {"clerk": 200, "lead": 200},
        _hand_over,
    ),
    Line("POST", "/v1/redemptions/<uuid:redemption_id>/cancel", _ORDERERS, _redemption("/cancel")),
]
