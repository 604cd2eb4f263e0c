"""What every answer carries, and what it keeps to itself, on every route there is."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.api import PAGES, ROUTES
from app.api.http.allow import PUBLIC
from app.config import Stage
from app.db import db
from tests import cast
from tests.api.contract_samples import described, sample_of
from tests.api.test_headers import HEADERS
from tests.client import Answer, Client
from tests.matrix.lines import ANYBODY, Line
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage as Ground

AppWith = Callable[..., Flask]
_API = [line for line in LINES if line.rule.startswith("/v1/")]
_DONE = [
    line
    for line in _API
    if ANYBODY not in line.allowed and any(status < 300 for status in line.allowed.values())
]
"""What somebody signed in can do here, where WeChat is off."""
_INSIDE = re.compile(
    r"Traceback|File \"|line \d+|SELECT|psycopg|sqlalchemy|flask|werkzeug|/app/|secret|nowhere|3\.11",
    re.IGNORECASE,
)


def headers_of(answer: Answer) -> dict[str, str | None]:
    return {name: answer.headers.get(name) for name in HEADERS}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_every_route_answers_strangers_with_the_security_headers(
    app: Flask, session: Session, line: Line
) -> None:
    """S-130: on every response, refusals included."""
    call = line.call(Ground(session))
    session.commit()

    answer = Client(app, None).open(call.path, line.method, **call.options)

    expected = (
        HEADERS
        if ANYBODY not in line.allowed
        else HEADERS | {"Cache-Control": answer.headers["Cache-Control"]}
    )
    assert headers_of(answer) == expected
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers


@pytest.mark.parametrize("line", _DONE, ids=lambda line: line.name)
def test_what_somebody_signed_in_gets_is_not_stored(app: Flask, session: Session, line: Line) -> None:
    """S-130, S-131: the same of what is done as asked, and no-store on it."""
    sample = sample_of(app, session, line.method, described(line.rule))
    body: dict[str, Any] = {"data": sample.body} if isinstance(sample.body, bytes) else {"json": sample.body}
    client = Client(app, cast.person(sample.who) if sample.who else None)
    path = described(line.rule).format(**sample.path)

    answer = client.open(
        path, line.method, query_string=sample.query, **(body if sample.body is not None else {})
    )

    assert answer.status_code < 300, answer.text
    assert headers_of(answer) == HEADERS
    assert answer.headers["Cache-Control"] == "no-store"


def test_production_asks_for_https_on_every_answer(app_with: AppWith) -> None:
    """S-130: HSTS for a year, errors included."""
    visitor = Client(app_with(stage=Stage.PRODUCTION, public_url="https://localhost"), None)

    for path in ("/healthz", "/v1/me", "/v1/castles", "/q/x", "/favicon.ico"):
        assert visitor.get(path).headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_the_policy_shuts_what_could_run() -> None:
    """S-130: object-src falls back to 'none'; no inline, no foreign base, no frame around us."""
    directives = dict(
        part.strip().partition(" ")[::2] for part in HEADERS["Content-Security-Policy"].split(";")
    )

    assert directives["default-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert not {"object-src", "script-src"} & directives.keys()
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_a_fault_on_any_resource_says_nothing_of_itself(app_with: AppWith) -> None:
    """S-136: a forced 500 on each blueprint tells a code and a request id, and nothing of the inside."""
    app = app_with()

    def fault(**_: object) -> str:
        with db.session.begin():
            db.session.execute(text("SELECT secret FROM nowhere"))
        return "never"

    fault.permission = PUBLIC  # type: ignore[attr-defined]
    for blueprint in _BLUEPRINTS:
        rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(f"{blueprint}."))
        app.view_functions[rule.endpoint] = fault
        built = rule.build({name: _ARGUMENTS.get(name, _SOME_ID) for name in rule.arguments})
        assert built is not None, rule
        method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))

        with capture_logs():  # drawing a fault for a terminal, as tests do, takes a second
            answer = Client(app, None).open(built[1], method, headers={"Accept": "application/json"})

        assert (answer.status_code, blueprint) == (500, blueprint), answer.text
        assert set(answer.json) == {"type", "title", "status", "code", "request_id"}
        assert (answer.json["code"], answer.json["request_id"]) == (
            "internal",
            answer.headers["X-Request-Id"],
        )
        assert not _INSIDE.search(answer.text), answer.text
        assert headers_of(answer) == HEADERS, blueprint


_BLUEPRINTS = [*(one.name for one in ROUTES), *(one.name for one in PAGES)]
_SOME_ID = "11111111-1111-4111-8111-111111111111"
_ARGUMENTS = {"code": "x", "copy": "thumb", "area_code": "421224", "version": "x", "path": "x"}


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/v1/me", "/healthz", "/q/x", "/v1/sessions"])
def test_methods_that_tell_of_the_request_are_off(admin: Client, path: str, method: str) -> None:
    """S-136: TRACE is off, so nothing is echoed."""
    answer = admin.open(path, method, headers={"X-Told": "canary"})

    assert answer.status_code == 405
    assert "canary" not in answer.text
    assert "canary" not in str(answer.headers)


def test_debugging_is_off(app: Flask) -> None:
    """S-136: in every stage: no debugger, no exceptions that go past the handlers."""
    assert (app.debug, app.config["PROPAGATE_EXCEPTIONS"], app.config["TRAP_HTTP_EXCEPTIONS"]) == (
        False,
        None,
        False,
    )
