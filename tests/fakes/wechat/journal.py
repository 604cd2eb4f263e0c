"""What was asked of the fake, kept for assertions; secrets stand there as prints that can be compared."""

import hashlib
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.fakes.wechat.call import Call
from tests.fakes.wechat.clock import Clock
from tests.fakes.wechat.refusals import Refusal

SECRETS = {"secret", "appsecret", "access_token", "js_code", "code", "ticket", "refresh_token"}
UNEXPECTED = ("cookie", "authorization")
"""Headers that no call of a server carries."""
IN_URL_ONLY_IF_ASKED = {
    "secret",
    "appsecret",
    "js_code",
    "code",
    "refresh_token",
    "session_key",
    "phone",
    "mobile_no",
}
"""A request line ends up in logs, so these stand there only where the platform asks for them."""


def printed(secret: object) -> str:
    """Return the print of a secret, equal for equal ones."""
    return "print:" + hashlib.sha256(str(secret).encode()).hexdigest()[:12]


@dataclass
class Entry:
    """One request, and how it was answered."""

    number: int
    method: str
    path: str
    query: dict[str, str]
    body: Any
    """The JSON body; None where there is none."""
    content_type: str
    user_agent: str
    tls: bool
    at: float
    """The fake's time."""
    wall_s: float
    """Monotonic seconds, for rates."""
    flags: list[str] = field(default_factory=list)
    status: int | None = None
    errcode: int | None = None
    fault: str | None = None


class Journal:
    """The requests of the platform's paths, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[Entry] = []

    def open(
        self, call: Call, asked_query: frozenset[str], asked_body: frozenset[str] | None, *, by_browser: bool
    ) -> Entry:
        """Write down a request and what is wrong with its form."""
        body = None
        flags = []
        if call.method == "POST":
            try:
                body = call.json()
            except Refusal:
                flags.append("body:not_json")
            if call.content_type != "application/json":
                flags.append(f"content_type:{call.content_type}")
        flags += [
            f"secret_in_url:{name}" for name in call.query if name in IN_URL_ONLY_IF_ASKED - asked_query
        ]
        flags += [f"unknown_query:{name}" for name in call.query if name not in asked_query]
        flags += [
            f"repeated_query:{name}" for name in call.query if [n for n, _ in call.pairs].count(name) > 1
        ]
        flags += [f"unknown_body:{name}" for name in body or () if name not in (asked_body or frozenset())]
        if not by_browser:
            flags += [f"unexpected_header:{name}" for name in UNEXPECTED if name in call.headers]
        entry = Entry(
            number=len(self._entries) + 1,
            method=call.method,
            path=call.path,
            query={name: _hidden(name, value) for name, value in call.query.items()},
            body=None if body is None else {name: _hidden(name, value) for name, value in body.items()},
            content_type=call.content_type,
            user_agent=call.headers.get("user-agent", ""),
            tls=call.tls,
            at=self._clock.now(),
            wall_s=time.monotonic(),
            flags=flags,
        )
        self._entries.append(entry)
        return entry

    def entries(self, path: str | None = None) -> list[dict[str, Any]]:
        """Return the requests of one path, or all."""
        return [asdict(entry) for entry in self._entries if path is None or entry.path == path]

    def max_qps(self, path: str | None = None) -> int:
        """Return the most requests that came within one second."""
        times = [entry.wall_s for entry in self._entries if path is None or entry.path == path]
        most = first = 0
        for last, at in enumerate(times):
            while at - times[first] >= 1:
                first += 1
            most = max(most, last - first + 1)
        return most

    def clear(self) -> None:
        """Forget the requests."""
        self._entries.clear()


def _hidden(name: str, value: Any) -> Any:
    return printed(value) if name in SECRETS else value
