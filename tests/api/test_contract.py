"""The API against its own description: whatever the description allows or forbids, no 5xx comes back."""

import json
import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from sqlalchemy import Connection

from app.actors import Role
from app.identity import TABLE, Permission
from tests import cast
from tests.architecture.sources import ROOT

_ROLE_NAMES = {
    Role.COMMUNITY_ADMIN: "admin",
    Role.GRID_WORKER: "worker",
    Role.BUILDING_LEAD: "lead",
    Role.SHOP_CLERK: "clerk",
    Role.COUNTY_OFFICER: "county",
    Role.SYSTEM_ADMIN: "system",
    Role.SECURITY_ADMIN: "security",
    Role.RESIDENT: "resident",
}


_ROUTES = [
    (method, path)
    for path, methods in json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))[
        "paths"
    ].items()
    for method in methods
    if method in {"get", "put", "post", "delete"}
]
"""Every route of the description, which tests/architecture keeps equal to the code."""


@pytest.mark.parametrize("method, path", _ROUTES)
def test_no_request_makes_a_fault(app: Flask, connection: Connection, method: str, path: str) -> None:
    assert connection is not None, "what is written here is rolled back"
    operation = schemathesis.openapi.from_wsgi("/openapi.json", app)[path][method]
    token = cast.person(_caller(app, method, path)).token

    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def call(case: schemathesis.Case[Any]) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code < 500, f"{case.as_curl_command()}\n{answer.text}"
        if answer.status_code >= 400:
            kind = answer.headers["content-type"][0]
            assert kind.startswith("application/problem+json"), f"{answer.status_code} {answer.text}"

    call()


def _caller(app: Flask, method: str, path: str) -> str:
    """Give somebody of the cast who may call this route."""
    permission = _permissions(app).get((method.upper(), path))
    if not isinstance(permission, Permission):
        return "worker"
    return next(_ROLE_NAMES[role] for role in _ROLE_NAMES if role in TABLE[permission])


def _permissions(app: Flask) -> dict[tuple[str, str], Any]:
    return {
        (method, re.sub(r"<(?:[^:<>]+:)?([a-z_]+)>", r"{\1}", rule.rule)): getattr(
            app.view_functions[rule.endpoint], "permission", None
        )
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
