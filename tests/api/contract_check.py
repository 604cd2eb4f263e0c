"""What the generated tests of the description share: its routes, and what every answer must keep to."""

import json
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.api.sentences import SENTENCES
from tests import cast
from tests.architecture.sources import ROOT

WECHAT = {
    ("POST", "/v1/sessions/wechat"),
    ("POST", "/v1/me/wechat"),
    ("POST", "/v1/me/phone/wechat"),
    ("GET", "/v1/oauth/wechat/start"),
    ("GET", "/v1/oauth/wechat/callback"),
    ("GET", "/v1/wechat/page-signature"),
}
"""Routes that are nothing without WeChat and its one-time codes: see tests/api/wechat."""
_DESCRIBED = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
ROUTES = [
    (method.upper(), path)
    for path, methods in _DESCRIBED.items()
    for method in methods
    if method in {"get", "put", "post", "delete"} and (method.upper(), path) not in WECHAT
]
"""Every other route of the description, which tests/architecture keeps equal to the code."""
TAKING = [
    (method, path)
    for method, path in ROUTES
    if "{" in path
    or "requestBody" in _DESCRIBED[path][method.lower()]
    or any(one.get("in") == "query" for one in _DESCRIBED[path][method.lower()].get("parameters", ()))
]
"""Those of them that take something: an id, a query or a body."""
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def same_each_time(examples: int) -> settings:
    """Generate this many requests, the same in each run."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def checked(case: Any, who: str | None) -> int:
    """Send a request as somebody of the cast; check the answer against the description; give its status."""
    headers = {"Authorization": f"Bearer {cast.person(who).token}"} if who else {}
    answer = case.call(headers=headers)
    case.validate_response(answer, checks=_CHECKS, headers=headers)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == ["application/problem+json"]
        assert answer.json()["code"] in SENTENCES
        assert answer.json()["status"] == answer.status_code
    else:
        assert str(answer.status_code) in case.operation.responses.status_codes, "2xx is never a default"
    return int(answer.status_code)
