"""What the generated tests of the description share: its routes, and what every answer must keep to."""

import json
from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.api.http.sentences import SENTENCES
from tests import cast
from tests.architecture.sources import ROOT

schemathesis.serializer.alias(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream"
)
WECHAT = {
    ("POST", "/v1/sessions/wechat"),
    ("POST", "/v1/me/wechat"),
    ("POST", "/v1/me/phone/wechat"),
    ("GET", "/v1/oauth/wechat/start"),
    ("GET", "/v1/oauth/wechat/callback"),
    ("GET", "/v1/wechat/page-signature"),
    ("GET", "/v1/me/message-templates"),
    ("PUT", "/v1/me/message-acceptances/{acceptance_id}"),
}
"""Routes that are nothing without WeChat and its one-time codes: see tests/api/wechat/test_contract.py."""
_DESCRIBED = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
ROUTES = [
    (method.upper(), path)
    for path, methods in _DESCRIBED.items()
    for method in methods
    if method in {"get", "put", "post", "delete"} and (method.upper(), path) not in WECHAT
]
"""Every other route of the description, which tests/architecture keeps equal to the code."""


def takes(method: str, path: str, what: str) -> bool:
    """Say whether a route takes this: ``path``, ``query`` or ``body``."""
    route = _DESCRIBED[path][method.lower()]
    if what == "path":
        return "{" in path
    if what == "body":
        return "requestBody" in route
    return any(one.get("in") == what for one in route.get("parameters", ()))


TAKING = [route for route in ROUTES if any(takes(*route, what) for what in ("path", "query", "body"))]
"""Those of them that take something: an id, a query or a body."""
_SEED = 20261124
AS_DESCRIBED = [status_code_conformance, content_type_conformance, response_schema_conformance]
"""What every answer keeps to, also that some part is away."""


def same_each_time(examples: int) -> Callable[[Any], Any]:
    """Generate this many requests, the same in each run and whatever becomes of the test's own source."""
    few = settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: seed(_SEED)(few(test))


def checked(case: Any, who: str | None) -> int:
    """Send a request as somebody of the cast; check the answer against the description; give its status."""
    return checked_with(case, {"Authorization": f"Bearer {cast.person(who).token}"} if who else {})


def checked_with(case: Any, headers: dict[str, str], cookies: dict[str, str] | None = None) -> int:
    """Send a request with these headers; check the answer against the description; give its status."""
    answer = case.call(headers=headers, cookies=cookies)
    case.validate_response(answer, checks=[not_a_server_error, *AS_DESCRIBED], headers=headers)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == ["application/problem+json"]
        assert answer.json()["code"] in SENTENCES
        assert answer.json()["status"] == answer.status_code
    else:
        assert str(answer.status_code) in case.operation.responses.status_codes, "2xx is never a default"
    return int(answer.status_code)
