"""No other way of writing an address or a method leads around who may call it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.cast import person
from tests.client import Answer, Client
from tests.matrix.lines import ANYBODY, Call, Line
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage
from tests.snapshot import stored

_REFUSED = "auditor"
_GUARDED = [
    line
    for line in LINES
    if ANYBODY not in line.allowed and _REFUSED not in line.allowed and line.rule.startswith("/v1/")
]
_CHOSEN = _GUARDED[:: max(1, len(_GUARDED) // 20)]
"""At least twenty, from all over the matrix."""
_OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


def _spelled(path: str) -> dict[str, str]:
    head, _, tail = path.removeprefix("/").partition("/")
    return {
        "trailing slash": f"{path}/",
        "capitals": path.upper(),
        "double slash first": f"/{path}",
        "double slash inside": f"/{head}//{tail}",
        "dot": f"/{head}/./{tail}",
        "dot encoded": f"/{head}/%2e/{tail}",
        "dots": f"/docs/../{head}/{tail}",
        "dots encoded": f"/docs/%2e%2e/{head}/{tail}",
        "slash encoded": f"/{head}%2f{tail}",
        "suffix": f"{path}.json",
        "semicolon": f"{path};x=1",
        "nul": f"{path}%00",
        "space": f"{path}%20",
    }


def _open(app: Flask, who: str | None, path: str, method: str, **options: Any) -> Answer:
    """Send the path as it is written; Werkzeug's client would tidy it."""
    raw = {"PATH_INFO": path, "REQUEST_URI": path}
    client = Client(app, person(who) if who else None)
    return client.open("/", method, environ_overrides=raw, **options)


@pytest.mark.parametrize("line", _CHOSEN, ids=lambda line: line.name)
def test_spelling_it_otherwise_opens_nothing(
    app: Flask, connection: Connection, session: Session, line: Line
) -> None:
    """S-42: slashes, case, dots, suffixes: refused, not there, or sent to the one true address."""
    call = line.call(Stage(session))
    session.commit()
    path, _, query = call.path.partition("?")
    before = stored(connection)

    for who in (None, _REFUSED):
        for name, spelled in _spelled(path).items():
            answer = _open(app, who, spelled, line.method, query_string=query, **call.options)
            assert answer.status_code in {308, 401, 403, 404, 405}, (name, answer.status_code)
            if answer.status_code == 308:
                assert answer.headers["Location"].partition("?")[0].endswith(path), name
    assert stored(connection) == before


@pytest.mark.parametrize("line", _CHOSEN, ids=lambda line: line.name)
def test_another_method_opens_nothing(
    app: Flask, connection: Connection, session: Session, line: Line
) -> None:
    """S-42: HEAD is refused like GET, OPTIONS tells methods only, and headers do not change the method."""
    call = line.call(Stage(session))
    session.commit()
    before = stored(connection)

    for who, status in ((None, 401), (_REFUSED, 403)):
        client = Client(app, person(who) if who else None)
        for header in _OVERRIDES:
            for sent, wanted in ((line.method, "GET"), (line.method, "OPTIONS")):
                options = dict(call.options) | {"headers": {header: wanted}}
                assert client.open(call.path, sent, **options).status_code == status
        if line.method == "GET":
            assert client.open(call.path, "HEAD").status_code == status
        asked = client.open(call.path, "OPTIONS")
        assert (asked.status_code, asked.data) == (200, b"")
        assert line.method in asked.headers["Allow"]
        for other in ("PATCH", "TRACE", "get", "PURGE"):
            if other.upper() != line.method:
                assert client.open(call.path, other).status_code in {401, 403, 405}
    assert stored(connection) == before


def test_twenty_routes_are_tried() -> None:
    assert len(_CHOSEN) >= 20


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND")


@pytest.mark.parametrize("rule", sorted({line.rule for line in LINES}))
def test_no_address_knows_a_method_that_is_not_declared(
    app: Flask, connection: Connection, session: Session, rule: str
) -> None:
    """S-29, S-42: whoever asks, with the body that the declared method takes, and nothing is written."""
    call = next(line for line in LINES if line.rule == rule).call(Stage(session))
    session.commit()
    before = stored(connection)
    routed = set(app.url_map.bind("").allowed_methods(call.path.partition("?")[0]))
    """Of all rules that this address fits, as ``/invite/done`` does ``/invite/<token>``."""

    for method in set(_METHODS) - routed:
        for who in (None, "resident", "admin", "system"):
            answer = _open_as(app, who, method, call)
            assert answer.status_code == 405, (method, who, answer.status_code)
            assert set(answer.headers["Allow"].split(", ")) == routed
    assert stored(connection) == before


def _open_as(app: Flask, who: str | None, method: str, call: Call) -> Answer:
    return Client(app, person(who) if who else None).open(call.path, method, **call.options)
