"""A statement that takes too long ends, and whoever waits for it is told so."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from app.api.http.allow import PUBLIC
from app.db import REQUEST_STATEMENT_S, db
from tests.client import Client

AppWith = Callable[..., Flask]


def test_a_statement_of_a_request_ends_in_time(app_with: AppWith) -> None:
    """S-125: after five seconds the database itself ends it, and the answer is 503."""
    app = app_with()

    def slow(**_: object) -> str:
        with db.session.begin():
            db.session.execute(text("SELECT pg_sleep(30)"))
        return "never"

    slow.permission = PUBLIC  # type: ignore[attr-defined]
    app.view_functions["health.healthz"] = slow
    with capture_logs() as logged:
        answer = Client(app, None).get("/healthz")

    assert (answer.status_code, answer.json["code"]) == (503, "database_away")
    assert answer.headers["Retry-After"] == "5"
    assert "pg_sleep" not in answer.text
    assert [one["error"] for one in logged if one["event"] == "database_away"] == ["OperationalError"]


def test_the_database_knows_the_limit(app_with: AppWith) -> None:
    """S-125: it is the connection's own, so no request can be without it, and the connection goes on."""
    with app_with().app_context():
        shown = db.session.scalar(text("SHOW statement_timeout"))
        db.session.execute(text("SET LOCAL statement_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="statement timeout"):
            db.session.execute(text("SELECT pg_sleep(30)"))
        db.session.rollback()
        again = db.session.scalar(text("SHOW statement_timeout"))
        db.session.remove()

    assert REQUEST_STATEMENT_S == 5
    assert (shown, again) == ("5s", "5s")
