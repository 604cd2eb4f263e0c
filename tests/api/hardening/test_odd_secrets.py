"""Secrets that are no ASCII are wrong like any other, wherever one is compared (S-116)."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from app.ids import new_id
from tests.client import Client

Become = Callable[[str | None], Client]

ODD = {
    "chinese": "签名签名签名",
    "half a sign": "\ud800",
    "accent": "é" * 43,
    "wide digits": "１２３４５６",
    "arabic digits": "٠١٢٣٤٥",
    "nul": "\x00",
    "long": "签" * 3_000,
}
IN_BODIES: dict[str, tuple[str, str | None, tuple[str, ...]]] = {
    "password": ("/v1/sessions", None, ("password",)),
    "totp beside a password": ("/v1/sessions", None, ("password", "totp")),
    "sign-in code": ("/v1/sessions/code", None, ("code",)),
    "refresh token": ("/v1/sessions/refresh", None, ("refresh_token",)),
    "invitation": ("/v1/invitations/accept", None, ("token", "password", "totp")),
    "second factor": ("/v1/sessions/current/second-factor", "admin", ("totp",)),
    "check by code": ("/v1/sessions/current/check", "worker", ("totp",)),
    "check by password": ("/v1/sessions/current/check", "worker", ("password",)),
    "new second factor": ("/v1/me/totp/confirm", "worker", ("totp",)),
    "old password": ("/v1/me/password", "worker", ("old_password", "new_password")),
    "pick-up code": (f"/v1/redemptions/{new_id()}/hand-over", "clerk", ("pickup_code",)),
    "binding code": ("/v1/me/binding/id-number", "resident", ("code", "name", "id_tail")),
}
IN_HEADERS = ("Authorization", "Cookie", "Origin", "Sec-Fetch-Site", "X-Request-Id", "If-None-Match")


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("what", IN_BODIES)
def test_a_secret_in_a_body_is_refused_and_no_fault(be: Become, what: str, odd: str) -> None:
    """S-116: 4xx, never 500: what is compared as bytes may be any text."""
    path, who, names = IN_BODIES[what]
    fixed = {"phone": "13900000001", "step_id": str(new_id())}
    wanted = ("phone",) if path == "/v1/sessions" else ("step_id",) if "redemptions" in path else ()
    body = dict.fromkeys(names, odd) | {name: fixed[name] for name in wanted}

    answer = be(who).post(path, data=json.dumps(body), content_type="application/json")

    assert 400 <= answer.status_code < 500, answer.text
    assert answer.status_code not in {404, 405} or "redemptions" in path, "the route is there"


@pytest.mark.parametrize("odd", ["签名", "é", "１２３"])
@pytest.mark.parametrize("header", IN_HEADERS)
def test_a_secret_in_a_header_is_refused_and_no_fault(visitor: Client, header: str, odd: str) -> None:
    """S-116: as WSGI hands such bytes on."""
    value = odd.encode().decode("latin-1")
    values = {"Authorization": f"Bearer {value}", "Cookie": f"__Host-gongdi={value}"}
    options: dict[str, Any] = {"headers": {header: values.get(header, value)}}

    assert visitor.get("/v1/me", **options).status_code in {401, 403}
    assert visitor.post("/v1/me/totp", **options).status_code in {401, 403}


@pytest.mark.parametrize("odd", ["签名", "é", "%FF", "%ED%A0%80", "%00", "a" * 5_000])
@pytest.mark.parametrize("path", ["/q/{}", "/q/{}/reports", "/invite/{}", "/v1/places?cursor={}"])
def test_a_secret_in_an_address_is_refused_and_no_fault(be: Become, path: str, odd: str) -> None:
    """S-116: seals of codes, links and cursors."""
    address = path.format(odd if odd.startswith("%") else quote(odd))

    assert [be(who).get(address).status_code // 100 for who in ("worker", None)] in ([4, 4], [3, 3])
