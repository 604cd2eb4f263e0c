"""What pages of other sites can make a browser do, and spellings that get around a check."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from app.api.http.allow import COOKIE
from app.ids import new_id
from tests.cast import GRID, named, person
from tests.client import Answer, Client
from tests.snapshot import stored

ORIGIN = "http://localhost"
EVIL = (
    "null",
    "http://evil.example",
    "https://localhost",
    "http://localhost.evil.example",
    "http://localhost:8000",
    "http://evil.example/localhost",
    "http://localhost@evil.example",
    "HTTP://LOCALHOST",
    "file://",
    "*",
)
Send = Callable[..., Answer]


@pytest.fixture
def browser(app: Flask, connection: Connection) -> Client:
    """Be the admin as a browser is: by the cookie alone."""
    assert connection is not None
    client = Client(app, None)
    client._client.set_cookie(COOKIE, person("admin").token)  # noqa: SLF001
    return client


def put(client: Client, **headers: str) -> Answer:
    body = {"area_code": GRID, "kind": "shop", "name": "小卖部"}
    return client.put(f"/v1/places/{new_id()}", json=body, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": ORIGIN},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
)
def test_our_own_pages_may_write_by_the_cookie(browser: Client, headers: dict[str, str]) -> None:
    assert put(browser, **headers).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Referer": ORIGIN},
        *({"Origin": origin} for origin in EVIL),
        *(
            {"Sec-Fetch-Site": site, "Origin": ORIGIN}
            for site in ("cross-site", "same-site", "none", "", "SAME-ORIGIN")
        ),
        {"Authorization": "Bearer x"},
    ],
    ids=str,
)
def test_other_sites_may_not(browser: Client, connection: Connection, headers: dict[str, str]) -> None:
    """S-132: with the cookie, whatever changes something must come from our own origin."""
    before = stored(connection)

    answer = put(browser, **headers)

    assert (answer.status_code, answer.json["code"]) == (403, "cross_site")
    assert stored(connection) == before


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_no_method_that_writes_is_let_through(browser: Client, method: str) -> None:
    """S-132: also where the method does not exist, or the body is empty."""
    answer = browser.open("/v1/sessions/current", method)

    assert (answer.status_code, answer.json["code"]) == (403, "cross_site")
    assert browser.get("/v1/me").status_code == 200, "still signed in"


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=str
)
@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/sessions/code"])
def test_another_site_signs_nobody_in(visitor: Client, path: str, headers: dict[str, str]) -> None:
    """S-19: else somebody would go on under the attacker's account; our own pages and programs may."""
    foreign = visitor.post(f"{path}?cookie=1", json={}, headers=headers)
    ours = visitor.post(f"{path}?cookie=1", json={}, headers={"Sec-Fetch-Site": "same-origin"})
    program = visitor.post(f"{path}?cookie=1", json={})

    assert (foreign.status_code, foreign.json["code"]) == (403, "cross_site")
    assert ours.status_code == program.status_code == 422


def test_reading_by_the_cookie_needs_no_origin(browser: Client) -> None:
    assert browser.get("/v1/me").status_code == 200


def test_a_token_in_the_header_needs_no_origin(admin: Client) -> None:
    assert put(admin, Origin="http://evil.example").status_code == 201


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""]
)
@pytest.mark.parametrize("path", ["/v1/sessions", f"/v1/places/{named('block')}/codes/reprint"])
def test_what_a_form_can_send_is_not_taken(admin: Client, path: str, kind: str) -> None:
    """S-132: JSON must say that it is JSON, which a form of another site cannot without being asked first."""
    answer = admin.post(path, data=b'{"phone": "13900000000", "password": "x"}', content_type=kind)

    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("origin", EVIL)
@pytest.mark.parametrize("path", ["/v1/me", "/v1/sessions", "/healthz", "/q/x", "/v1/castles"])
def test_no_answer_may_be_read_by_another_origin(admin: Client, path: str, origin: str) -> None:
    """S-129: no CORS at all: ten hostile origins, asked with and without a preflight."""
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization",
    }

    for method in ("GET", "OPTIONS"):
        answer = admin.open(path, method, headers=asked)
        assert [name for name in answer.headers.keys() if name.lower().startswith("access-control-")] == []  # noqa: SIM118


@pytest.mark.parametrize(
    "code",
    [
        "%5C%5Cevil.example",
        "%0d%0aSet-Cookie:a=b",
        "@evil.example",
        "https:evil.example",
        "%E2%80%AE",
    ],
)
def test_redirects_stay_below_our_own_address(visitor: Client, code: str) -> None:
    """S-133: the only part of a redirect that is not ours is escaped behind /q/."""
    answer = visitor.get(f"/q/{code}/reports")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/q/")
    assert not set(answer.headers["Location"]) & set("\r\n\\")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["//evil.example/v1/me", "/\\evil.example", "//v1//me", "/v1//me"])
def test_odd_slashes_lead_nowhere_else(visitor: Client, path: str) -> None:
    """S-133, S-42: an address with odd slashes is put right on our own host, or is not there."""
    answer = visitor.get(path, headers={"Host": "localhost"})

    assert answer.status_code in {401, 404, 308}
    if answer.status_code == 308:
        assert answer.headers["Location"].startswith("http://localhost/")


PROTECTED = (
    "/v1/places",
    "/v1/users",
    "/v1/claims",
    "/v1/hazards",
    "/v1/care-records",
    f"/v1/places/{named('block')}",
)
SPELLINGS: dict[str, Callable[[str], tuple[str, str, dict[str, Any]]]] = {
    "HEAD": lambda path: ("HEAD", path, {}),
    "slash": lambda path: ("GET", f"{path}/", {}),
    "capitals": lambda path: ("GET", path.upper(), {}),
    "twice": lambda path: ("GET", path.replace("/v1/", "/v1//"), {}),
    "dot": lambda path: ("GET", path.replace("/v1/", "/v1/./"), {}),
    "dots": lambda path: ("GET", path.replace("/v1/", "/healthz/../v1/"), {}),
    "%2e": lambda path: ("GET", path.replace("/v1/", "/v1/%2e/"), {}),
    "%2f": lambda path: ("GET", path.replace("/v1/", "/v1%2f"), {}),
    "semicolon": lambda path: ("GET", f"{path};a=b", {}),
    "suffix": lambda path: ("GET", f"{path}.json", {}),
    "null": lambda path: ("GET", f"{path}%00", {}),
    "override header": lambda path: ("POST", path, {"headers": {"X-HTTP-Method-Override": "GET"}}),
    "other override": lambda path: (
        "POST",
        path,
        {"headers": {"X-Method-Override": "GET", "X-HTTP-Method": "GET"}},
    ),
    "override field": lambda path: ("POST", f"{path}?_method=GET", {}),
    "original": lambda path: (
        "GET",
        "/v1/castles",
        {"headers": {"X-Original-URL": path, "X-Rewrite-URL": path}},
    ),
    "own verb": lambda path: ("JEFF", path, {}),
}


@pytest.mark.parametrize("path", PROTECTED)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_gets_around_a_check(visitor: Client, spelling: str, path: str) -> None:
    """S-42: method override headers, HEAD, slashes, case, encoded dots and suffixes open nothing."""
    method, address, options = SPELLINGS[spelling](path)

    answer = visitor.open(address, method, **options)

    assert answer.status_code in {308, 401, 404, 405}
    assert (
        method == "HEAD"
        or answer.status_code == 308
        or set(answer.json) <= {"type", "title", "status", "code", "request_id"}
    )


@pytest.mark.parametrize("spelling", ["override header", "other override", "override field"])
def test_a_read_does_not_become_a_write(admin: Client, connection: Connection, spelling: str) -> None:
    """S-42: a method stands in the request line only."""
    del spelling
    before = stored(connection)
    headers = dict.fromkeys(("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"), "DELETE")

    answer = admin.get("/v1/sessions/current?_method=DELETE", headers=headers)

    assert answer.status_code == 405
    assert stored(connection) == before
