"""The matrix: the inbox, which everybody has for himself."""

from tests.cast import named
from tests.matrix.lines import ROLES, Call, Line, with_json
from tests.matrix.routes_base import EVERYBODY, at
from tests.matrix.stage import Stage


def _read(_: Stage) -> Call:
    """Touch a notice of somebody who is not in the matrix."""
    return Call(f"/v1/me/notices/{named('notice of nobody')}/read", {})


def _read_until(_: Stage) -> Call:
    """Read up to that one."""
    return Call("/v1/me/notices/read", with_json({"until": str(named("notice of nobody"))}))


def _choose(_: Stage) -> Call:
    body = {"revision": 0, "quiet_from": "22:00", "quiet_until": "07:00", "off": ["claim_step"]}
    return Call("/v1/me/notice-settings", with_json(body))


INBOX = [
    Line("GET", "/v1/me/notices", EVERYBODY, at("/v1/me/notices"), 200),
    Line("GET", "/v1/me/notices/summary", EVERYBODY, at("/v1/me/notices/summary"), 200),
    Line("GET", "/v1/me/notice-groups", EVERYBODY, at("/v1/me/notice-groups"), 200),
    Line("POST", "/v1/me/notices/<uuid:notice_id>/read", dict.fromkeys(ROLES, 404), _read),
    Line("POST", "/v1/me/notices/read", dict.fromkeys(ROLES, 404), _read_until),
    Line("GET", "/v1/me/notice-settings", EVERYBODY, at("/v1/me/notice-settings"), 200),
    Line("PUT", "/v1/me/notice-settings", EVERYBODY, _choose, 200),
]
