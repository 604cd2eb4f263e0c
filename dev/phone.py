"""A person with a phone, and the line between it and the application."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests
from uuid_utils.compat import uuid7

TIMEOUT_S = 30


class WalkError(Exception):
    """The application answered something else than the path expects."""


@dataclass(frozen=True)
class SignIn:
    """Whom to sign in as."""

    phone: str
    password: str
    code: Callable[[], str | None] = lambda: None
    """Gives the code of the second factor that holds now, if there is one."""


@dataclass(frozen=True)
class Repeat:
    """A write whose first reply was lost, and what it was answered when it was sent again."""

    method: str
    path: str
    status: int
    answer: Any


@dataclass
class Line:
    """The line to the application; a bad one loses the reply of every write once."""

    address: str
    lose_next_reply: Callable[[], None] | None = None
    """Makes the network lose the reply of the next request, after the server has taken it."""
    repeats: list[Repeat] = field(default_factory=list)
    """What was sent again so far."""

    @property
    def is_bad(self) -> bool:
        """Say whether it loses replies."""
        return self.lose_next_reply is not None


class Hand:
    """Signs in, then calls the application; a write whose reply was lost is sent again as it was."""

    def __init__(self, line: Line, who: SignIn) -> None:
        """Sign in."""
        self._line = line
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy but the one that is the line
        self._session.headers["Connection"] = "close"
        shown = {"phone": who.phone, "password": who.password}
        code = who.code()
        asked = self._request("POST", "/v1/sessions", json=shown | ({"totp": code} if code else {}))
        self._session.headers["Authorization"] = f"Bearer {_content(self._send(asked))['token']}"
        self.me: dict[str, Any] = self.get("/v1/me")

    def get(self, path: str, **parameters: Any) -> Any:
        """Read."""
        return _content(self._send(self._request("GET", path, params=parameters)))

    def put(self, path: str, body: dict[str, Any] | bytes) -> Any:
        """Write a record or a photo under an id made here."""
        content = {"data": body} if isinstance(body, bytes) else {"json": body}
        return self._write(self._request("PUT", path, **content), path)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Take a step."""
        return self._write(self._request("POST", path, json=body or {}), path)

    def step(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Take a step of a workflow, under an id of its own."""
        return self.post(path, {"step_id": str(uuid7()), **(body or {})})

    def _write(self, request: requests.PreparedRequest, path: str) -> Any:
        """Send, and if the reply is lost send the very same bytes: now it must be known already."""
        if self._line.lose_next_reply:
            self._line.lose_next_reply()
        try:
            return _content(self._send(request))
        except requests.ConnectionError:
            reply = self._send(request)
        answer = _content(reply)
        if reply.status_code != HTTPStatus.OK:
            raise WalkError(f"{request.method} {path} sent again was answered {reply.status_code}, as if new")
        self._line.repeats.append(Repeat(str(request.method), path, reply.status_code, answer))
        return answer

    def _request(self, method: str, path: str, **content: Any) -> requests.PreparedRequest:
        return self._session.prepare_request(requests.Request(method, self._line.address + path, **content))

    def _send(self, request: requests.PreparedRequest) -> requests.Response:
        return self._session.send(request, timeout=TIMEOUT_S)


def _content(reply: requests.Response) -> Any:
    if not reply.ok:
        asked = reply.request
        raise WalkError(f"{asked.method} {asked.path_url} answered {reply.status_code}: {reply.text}")
    return reply.json() if reply.content else None
