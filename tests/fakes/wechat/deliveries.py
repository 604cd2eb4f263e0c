"""Pushes as they went out, and how each try went."""

import http.client
from dataclasses import dataclass, field

ACCEPTED = {"", "success"}


@dataclass(frozen=True)
class PushRequest:
    """An HTTP POST, ready to be sent, also again."""

    query: dict[str, str]
    content_type: str
    body: str


@dataclass(frozen=True)
class Attempt:
    """How one try went."""

    status: int | None
    body: str
    error: str
    took_s: float

    @property
    def accepted(self) -> bool:
        """Whether the platform is content; else it tries again."""
        return self.status == http.client.OK and self.body in ACCEPTED


@dataclass
class Delivery:
    """A push and its tries."""

    number: int
    appid: str
    request: PushRequest
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether a try was accepted."""
        return any(attempt.accepted for attempt in self.attempts)
