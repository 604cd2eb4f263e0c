"""The API against its own description: what fits it is answered as it says, on records that are there."""

import json
from random import Random
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.api.limits import limiter
from app.api.sentences import SENTENCES
from tests import cast
from tests.api.contract_mix import Mix
from tests.api.contract_samples import known_ids, sample_of
from tests.architecture.sources import ROOT

_EXAMPLES = 12
_LEAST_DONE = 2
"""Requests of each route that must be answered with 2xx; most routes have five or more."""
_OTHERS = ("system", "security", "county", "admin", "worker", "resident", None)
"""The roles that reach most, and a visitor: each route hears from all of them."""
_ELSEWHERE = {
    "/v1/sessions/wechat",
    "/v1/me/wechat",
    "/v1/me/phone/wechat",
    "/v1/oauth/wechat/start",
    "/v1/oauth/wechat/callback",
    "/v1/wechat/page-signature",
}
"""Routes that are nothing without WeChat and its one-time codes: see tests/api/wechat."""
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
_ROUTES = [
    (method.upper(), path)
    for path, methods in json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))[
        "paths"
    ].items()
    for method in methods
    if method in {"get", "put", "post", "delete"} and path not in _ELSEWHERE
]
"""Every route of the description, which tests/architecture keeps equal to the code."""
_SETTINGS = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def description(app: Flask) -> Any:
    """Give the API's description, read once."""
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


@pytest.mark.parametrize("method, path", _ROUTES)
def test_answers_are_as_described(
    app: Flask, connection: Connection, session: Session, description: Any, method: str, path: str
) -> None:
    """S-119, S-139: generated requests on every described route: no 500, and answers as described."""
    mix = Mix(known_ids(session), sample_of(app, session, method, path))
    operation = description[path][method]
    statuses: list[int] = []

    @_SETTINGS
    @given(
        generated=operation.as_strategy(),
        who=st.sampled_from([mix.sample.who] * len(_OTHERS) + list(_OTHERS)),
        choose=st.randoms(use_true_random=False),
    )
    def call(generated: Any, who: str | None, choose: Random) -> None:
        case = operation.Case(**mix.parts(generated, choose))
        with connection.begin_nested() as again:
            statuses.append(_checked(case, who))
            again.rollback()

    limiter.reset()
    call()
    assert sum(status < 300 for status in statuses) >= _LEAST_DONE, statuses


def _checked(case: Any, who: str | None) -> int:
    headers = {"Authorization": f"Bearer {cast.person(who).token}"} if who else {}
    answer = case.call(headers=headers)
    case.validate_response(answer, checks=_CHECKS, headers=headers)
    if answer.status_code >= 400:
        assert answer.json()["code"] in SENTENCES
        assert answer.json()["status"] == answer.status_code
    else:
        assert str(answer.status_code) in case.operation.responses.status_codes, "2xx is never a default"
    return int(answer.status_code)
