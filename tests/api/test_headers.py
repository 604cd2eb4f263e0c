"""Headers of every answer, refusals included, and whose address we answer at."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request, request_started
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.config import Stage
from app.ids import new_id
from tests.cast import named
from tests.client import Answer, Client

AppWith = Callable[..., Flask]
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}
_PLACES = f"/v1/places/{named('block')}"
_LOST = {"version": 9, "reason": "旧"}
CALLS: dict[str, tuple[int, Callable[[Client, Client], Answer]]] = {
    "list": (200, lambda one, _: one.get("/v1/places")),
    "made": (
        201,
        lambda one, _: one.put(
            f"/v1/places/{new_id()}", json={"area_code": "421224100001", "kind": "shop", "name": "店"}
        ),
    ),
    "health": (200, lambda _, nobody: nobody.get("/healthz")),
    "poster": (200, lambda one, _: one.get(f"{_PLACES}/poster.png")),
    "no json": (400, lambda one, _: one.put(_PLACES, data="{", content_type="application/json")),
    "nobody": (401, lambda _, nobody: nobody.get("/v1/me")),
    "not his": (403, lambda one, _: one.get("/v1/care-records")),
    "no route": (404, lambda one, _: one.get("/v1/castles")),
    "not there": (404, lambda one, _: one.get(f"/v1/places/{new_id()}")),
    "no method": (405, lambda one, _: one.delete("/v1/places")),
    "conflict": (
        409,
        lambda one, _: one.post(f"{_PLACES}/codes/reprint", json={"version": 9, "reason": "旧"}),
    ),
    "too large": (413, lambda one, _: one.put(_PLACES, data=b" " * 1_100_000)),
    "other type": (415, lambda one, _: one.put(_PLACES, data="a", content_type="text/plain")),
    "invalid": (422, lambda one, _: one.put(_PLACES, json={})),
    "page": (404, lambda _, nobody: nobody.get("/q/x")),
}


@pytest.mark.parametrize("call", CALLS)
def test_every_answer_carries_the_security_headers(be: Callable[[str | None], Client], call: str) -> None:
    """S-130, S-131: on every kind of answer, refusals included; nothing is stored."""
    status, ask = CALLS[call]

    answer = ask(be("county" if call == "not his" else "admin"), be(None))

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["X-Request-Id"]
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1", "local_host", ""])
def test_a_foreign_host_is_refused(visitor: Client, host: str) -> None:
    """S-138: evil Host 400, with a sentence that says what to do."""
    answer = visitor.get("/healthz", headers={"Host": host})

    assert (answer.status_code, answer.json["code"]) == (400, "host_unknown")
    assert "evil" not in answer.text
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("protocol, status", [("HTTP/1.1", 400), ("HTTP/1.0", 200)])
def test_a_request_without_a_host_is_refused_where_it_must_have_one(
    app: Flask, protocol: str, status: int
) -> None:
    """RFC 9112, 3.2; a plain old probe of the same machine may leave it out."""
    environ = EnvironBuilder("/healthz", environ_overrides={"SERVER_PROTOCOL": protocol}).get_environ()
    del environ["HTTP_HOST"]

    answer, told, _ = run_wsgi_app(app, environ)

    assert int(told[:3]) == status
    assert (b"bad_request" in b"".join(answer)) == (status == 400)


def test_our_own_host_is_served_on_any_port(visitor: Client) -> None:
    assert visitor.get("/healthz", headers={"Host": "localhost:8000"}).status_code == 200


def test_production_asks_for_https_and_hides_its_description(app_with: AppWith) -> None:
    """S-130, S-139: HSTS for a year; the description is not public."""
    app = app_with(stage=Stage.PRODUCTION, public_url="https://localhost")
    visitor = Client(app, None)

    assert (
        visitor.get("/healthz").headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    )
    assert [visitor.get(path).status_code for path in ("/openapi.json", "/docs/")] == [404, 404]


def test_the_docs_page_stands_outside_production(visitor: Client) -> None:
    assert [visitor.get(path).status_code for path in ("/openapi.json", "/docs/")] == [200, 200]


def test_the_bare_address_leads_to_the_docs_outside_production(visitor: Client) -> None:
    answer = visitor.get("/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/docs/")


def test_the_bare_address_tells_people_in_production_where_they_are(app_with: AppWith) -> None:
    """S-139: who signed in by WeChat lands there; it leads nowhere that only developers need."""
    answer = Client(app_with(stage=Stage.PRODUCTION, public_url="https://localhost"), None).get("/")

    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert re.findall(r'<a [^>]*href="([^"]*)"', answer.text) == ["/privacy"]
    assert "找网格员、社区" in answer.text


def test_a_forwarded_host_is_never_believed(app_with: AppWith) -> None:
    """Proxies hand on what a caller says there, unless somebody thought of it."""
    behind = Client(app_with(proxy_hops=1), None)

    def ask(host: str, forwarded: str) -> int:
        return behind.get("/healthz", headers={"Host": host, "X-Forwarded-Host": forwarded}).status_code

    assert ask("evil.example", "localhost") == 400
    assert ask("localhost", "evil.example") == 200


def test_forwarded_addresses_are_believed_behind_our_proxies_only(app: Flask, app_with: AppWith) -> None:
    """S-127: only the trusted hop tells the client's address."""

    def seen(one: Flask) -> str | None:
        addresses: list[str | None] = []

        def note(*_: Any, **__: Any) -> None:
            addresses.append(request.remote_addr)

        with request_started.connected_to(note, one):
            Client(one, None).get("/healthz", headers={"X-Forwarded-For": "10.1.1.1, 10.2.2.2"})
        (address,) = addresses
        return address

    assert seen(app_with(proxy_hops=1)) == "10.2.2.2"
    assert seen(app) == "127.0.0.1"
