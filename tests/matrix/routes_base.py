"""The matrix: identity, areas, places, roster, photos."""

from io import BytesIO
from typing import Any

from PIL import Image

from app.ids import new_id
from tests.cast import named
from tests.matrix.lines import ANYBODY, ROLES, Call, Line, with_json, with_step
from tests.matrix.stage import Stage

EVERYBODY = dict.fromkeys(ROLES, 200)
PEOPLE_OF_PLACES = dict.fromkeys(("resident", "lead", "worker", "clerk", "admin", "county", "city"), 200)
USER_READERS = dict.fromkeys(("admin", "system", "security"), 200)
ROSTER_READERS = dict.fromkeys(("resident", "lead", "worker", "admin"), 200)
NOT_SEEN = dict.fromkeys(ROLES, 404)
"""Everybody may ask; the thing itself is not his to see."""

_PROGRAM = {"Accept": "application/json"}
"""Whoever asks a page so is answered as a program."""


def at(path: str, **options: Any) -> Any:
    """Call a fixed path."""
    return lambda _: Call(path, options)


def picture() -> bytes:
    """Make a small real photo, another one each time."""
    made = BytesIO()
    seed = new_id().bytes
    Image.frombytes("RGB", (4, 4), (seed * 3)[:48]).save(made, "PNG")
    return made.getvalue()


def _new_place(stage: Stage) -> Call:
    body = {"area_code": stage.area, "kind": "shop", "name": "小卖部"}
    return Call(f"/v1/places/{new_id()}", with_json(body))


def _place(suffix: str = "", **options: Any) -> Any:
    return lambda stage: Call(f"/v1/places/{stage.place_id}{suffix}", options)


def _code_step(verb: str) -> Any:
    def call(stage: Stage) -> Call:
        stage.code()
        body = {"version": 1, "reason": "被撕掉了"}
        return Call(f"/v1/places/{stage.place_id}/codes/{verb}", with_json(body))

    return call


def _sheet(stage: Stage) -> Call:
    return Call("/v1/code-sheets", with_json({"place_ids": [str(stage.place_id)]}))


def _new_user(stage: Stage) -> Call:
    phone = f"100{new_id().int % 100_000_000:08d}"
    body = {"area_code": stage.area, "phone": phone, "name": "新人"}
    return Call(f"/v1/users/{new_id()}", with_json(body))


def _new_invitation(stage: Stage) -> Call:
    return Call(f"/v1/invitations/{new_id()}", with_json({"user_id": str(stage.user("worker"))}))


def _user_step(verb: str) -> Any:
    return lambda stage: Call(f"/v1/users/{stage.user('worker')}/{verb}", with_step({}))


def _new_grant(stage: Stage) -> Call:
    body = {"user_id": str(stage.user("worker")), "role": "building_lead", "area_code": stage.area}
    return Call(f"/v1/grants/{new_id()}", with_json(body))


def _new_household(stage: Stage) -> Call:
    body = {"place_id": str(stage.place_id), "door": "9单元901"}
    return Call(f"/v1/households/{new_id()}", with_json(body))


def _new_resident(stage: Stage) -> Call:
    body = {
        "household_id": str(stage.household_id),
        "name": "王小明",
        "sex": "male",
        "birth_date": "2015-05-05",
        "relation": "grandchild",
    }
    return Call(f"/v1/residents/{new_id()}", with_json(body))


def _new_copy(_: Stage) -> Call:
    return Call(f"/v1/me/copies/{new_id()}", with_json({}))


def _copy_of_nobody(_: Stage) -> Call:
    """Ask for the file of somebody who is not in the matrix."""
    return Call(f"/v1/me/copies/{named('copy of nobody')}/file")


def _verified(stage: Stage) -> Call:
    stage.verification()
    return Call("/v1/audit/verification")


def _code_page(suffix: str) -> Any:
    return at(f"/q/nothing-we-printed{suffix}", headers=_PROGRAM)


BASE = [
    Line("GET", "/healthz", {ANYBODY: 200}, at("/healthz")),
    Line("GET", "/readyz", {ANYBODY: 200}, at("/readyz")),
    Line(
        "POST",
        "/v1/sessions",
        {ANYBODY: 401},
        at("/v1/sessions", json={"phone": "10000009999", "password": "wrong"}),
    ),
    Line("POST", "/v1/sessions/wechat", {ANYBODY: 503}, at("/v1/sessions/wechat", json={"code": "x"})),
    Line("GET", "/v1/oauth/wechat/start", {ANYBODY: 503}, at("/v1/oauth/wechat/start")),
    Line("GET", "/v1/oauth/wechat/callback", {ANYBODY: 503}, at("/v1/oauth/wechat/callback")),
    Line("GET", "/v1/wechat/push", {ANYBODY: 503}, at("/v1/wechat/push")),
    Line("POST", "/v1/wechat/push", {ANYBODY: 503}, at("/v1/wechat/push", data="<xml/>")),
    Line(
        "GET",
        "/v1/wechat/page-signature",
        {ANYBODY: 503},
        at("/v1/wechat/page-signature?url=https://localhost/"),
    ),
    Line(
        "POST",
        "/v1/me/wechat",
        dict.fromkeys(ROLES, 503),
        at("/v1/me/wechat", json={"code": "x"}),
        503,
    ),
    Line(
        "POST",
        "/v1/me/phone/wechat",
        dict.fromkeys(ROLES, 503),
        at("/v1/me/phone/wechat", json={"code": "x"}),
        503,
    ),
    Line("GET", "/v1/me/message-templates", dict.fromkeys(ROLES, 503), at("/v1/me/message-templates"), 503),
    Line(
        "PUT",
        "/v1/me/message-acceptances/<uuid:acceptance_id>",
        dict.fromkeys(ROLES, 503),
        lambda _: Call(f"/v1/me/message-acceptances/{new_id()}", with_json({"accepted": ["x"]})),
        503,
    ),
    Line("POST", "/v1/sessions/code", {ANYBODY: 401}, at("/v1/sessions/code", json={"code": "1" * 12})),
    Line(
        "POST",
        "/v1/sessions/refresh",
        {ANYBODY: 401},
        at("/v1/sessions/refresh", json={"refresh_token": "none"}),
    ),
    Line(
        "POST",
        "/v1/sessions/current/second-factor",
        dict.fromkeys(ROLES, 401),
        at("/v1/sessions/current/second-factor", json={"totp": "000000"}),
        401,
    ),
    Line(
        "POST",
        "/v1/sessions/current/check",
        dict.fromkeys(ROLES, 401),
        at("/v1/sessions/current/check", json={"totp": "000000"}),
        401,
    ),
    Line(
        "POST",
        "/v1/me/password",
        dict.fromkeys(ROLES, 403),
        at("/v1/me/password", json={"old_password": "none", "new_password": "none"}),
        403,
    ),
    Line("POST", "/v1/me/totp", dict.fromkeys(ROLES, 201), at("/v1/me/totp"), 201),
    Line(
        "POST",
        "/v1/me/totp/confirm",
        dict.fromkeys(ROLES, 401),
        at("/v1/me/totp/confirm", json={"totp": "000000"}),
        401,
    ),
    Line(
        "POST",
        "/v1/invitations/accept",
        {ANYBODY: 410},
        at("/v1/invitations/accept", json={"token": "none", "password": "none"}),
    ),
    Line("PUT", "/v1/invitations/<uuid:invitation_id>", {"system": 201}, _new_invitation),
    Line(
        "POST",
        "/v1/residents/<uuid:resident_id>/sign-in-codes",
        dict.fromkeys(("lead", "worker", "admin"), 201),
        lambda stage: Call(
            f"/v1/residents/{stage.resident_id}/sign-in-codes", with_json({"id": str(new_id())})
        ),
    ),
    Line("POST", "/v1/users/<uuid:user_id>/disable", {"system": 200}, _user_step("disable")),
    Line("POST", "/v1/users/<uuid:user_id>/enable", {"system": 200}, _user_step("enable")),
    Line(
        "POST",
        "/v1/users/<uuid:user_id>/second-factor/reset",
        {"system": 200},
        _user_step("second-factor/reset"),
    ),
    Line("DELETE", "/v1/sessions/current", dict.fromkeys(ROLES, 204), at("/v1/sessions/current"), 204),
    Line("GET", "/v1/me", EVERYBODY, at("/v1/me"), 200),
    Line("GET", "/v1/me/copies", EVERYBODY, at("/v1/me/copies"), 200),
    Line("PUT", "/v1/me/copies/<uuid:copy_id>", dict.fromkeys(ROLES, 201), _new_copy, 201),
    Line("GET", "/v1/me/copies/<uuid:copy_id>/file", NOT_SEEN, _copy_of_nobody),
    Line("GET", "/v1/areas", EVERYBODY, at("/v1/areas"), 200),
    Line("GET", "/v1/places", PEOPLE_OF_PLACES, at("/v1/places"), 200),
    Line("PUT", "/v1/places/<uuid:place_id>", {"admin": 201}, _new_place),
    Line("GET", "/v1/places/<uuid:place_id>", PEOPLE_OF_PLACES, _place(), foreign_resident=200),
    Line("GET", "/v1/places/<uuid:place_id>/codes", {"admin": 200}, _place("/codes")),
    Line("POST", "/v1/places/<uuid:place_id>/codes", {"admin": 200}, _place("/codes")),
    Line("POST", "/v1/places/<uuid:place_id>/codes/reprint", {"admin": 200}, _code_step("reprint")),
    Line("POST", "/v1/places/<uuid:place_id>/codes/revoke", {"admin": 200}, _code_step("revoke")),
    Line("GET", "/v1/places/<uuid:place_id>/poster.png", {"admin": 200}, _place("/poster.png")),
    Line("POST", "/v1/code-sheets", {"admin": 200}, _sheet),
    Line("GET", "/v1/users", USER_READERS, at("/v1/users"), 200),
    Line(
        "GET",
        "/v1/users/<uuid:user_id>",
        USER_READERS,
        lambda stage: Call(f"/v1/users/{stage.user('worker')}"),
    ),
    Line("PUT", "/v1/users/<uuid:user_id>", {"system": 201}, _new_user),
    Line("PUT", "/v1/grants/<uuid:grant_id>", {"security": 201}, _new_grant),
    Line(
        "POST",
        "/v1/grants/<uuid:grant_id>/end",
        {"security": 200},
        lambda _: Call(f"/v1/grants/{named('grant worker')}/end"),
    ),
    Line("GET", "/v1/households", ROSTER_READERS, at("/v1/households"), 200),
    Line("PUT", "/v1/households/<uuid:household_id>", {"admin": 201}, _new_household),
    Line(
        "GET",
        "/v1/households/<uuid:household_id>",
        ROSTER_READERS,
        lambda stage: Call(f"/v1/households/{stage.household_id}"),
    ),
    Line(
        "GET",
        "/v1/households/<uuid:household_id>/card.pdf",
        ROSTER_READERS,
        lambda stage: Call(f"/v1/households/{stage.household_id}/card.pdf"),
    ),
    Line(
        "GET",
        "/v1/households/<uuid:household_id>/residents",
        ROSTER_READERS,
        lambda stage: Call(f"/v1/households/{stage.household_id}/residents"),
    ),
    Line("PUT", "/v1/residents/<uuid:resident_id>", {"admin": 201}, _new_resident),
    Line(
        "POST",
        "/v1/residents/search",
        ROSTER_READERS,
        at("/v1/residents/search", **with_json({"words": "王"})),
        200,
    ),
    Line(
        "GET",
        "/v1/residents/<uuid:resident_id>",
        ROSTER_READERS,
        lambda stage: Call(f"/v1/residents/{stage.resident_id}"),
    ),
    Line(
        "PUT",
        "/v1/residents/<uuid:resident_id>/numbers",
        {"admin": 200},
        lambda stage: Call(
            f"/v1/residents/{stage.resident_id}/numbers",
            with_json({"phone": "10000001234", "id_number": None}),
        ),
    ),
    Line("GET", "/v1/audit", {"auditor": 200}, at("/v1/audit"), 200),
    Line("GET", "/v1/audit/verification", {"auditor": 200}, _verified, 200),
    Line("GET", "/invite/<token>", {ANYBODY: 410}, at("/invite/none", headers=_PROGRAM)),
    Line("POST", "/invite/<token>", {ANYBODY: 410}, at("/invite/none", headers=_PROGRAM)),
    Line("GET", "/invite/done", {ANYBODY: 200}, at("/invite/done", headers=_PROGRAM)),
    Line("GET", "/", {ANYBODY: 302}, at("/", headers=_PROGRAM)),
    Line("GET", "/privacy", {ANYBODY: 200}, at("/privacy", headers=_PROGRAM)),
    Line("GET", "/q/<code>", {ANYBODY: 404}, _code_page("")),
    Line("POST", "/q/<code>/reports", {ANYBODY: 404}, _code_page("/reports")),
    Line("GET", "/q/<code>/reports", {ANYBODY: 303}, _code_page("/reports")),
    Line(
        "GET", "/q/<code>/reports/<uuid:hazard_id>", {ANYBODY: 404}, _code_page(f"/reports/{named('none')}")
    ),
    Line(
        "POST",
        "/q/<code>/reports/<uuid:hazard_id>/rating",
        {ANYBODY: 404},
        _code_page(f"/reports/{named('none')}/rating"),
    ),
    Line(
        "GET",
        "/q/<code>/reports/<uuid:hazard_id>/rating",
        {ANYBODY: 303},
        _code_page(f"/reports/{named('none')}/rating"),
    ),
]
