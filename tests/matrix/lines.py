"""What a line of the matrix says: a route, who may call it with which answer, and how to call it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.ids import new_id
from tests.matrix.stage import Stage

ROLES = (
    "resident",
    "lead",
    "worker",
    "clerk",
    "admin",
    "county",
    "city",
    "system",
    "security",
    "auditor",
)
"""One person of the cast for each role, all with HOME in their scope."""
ANYBODY = "anybody"


@dataclass(frozen=True)
class Call:
    """A request: path and what goes with it."""

    path: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One route of the matrix."""

    method: str
    rule: str
    allowed: dict[str, int]
    """Status inside the scope by role; a role that is missing is refused with 403 ``forbidden``.
    ANYBODY stands for everybody, signed in or not."""
    call: Callable[[Stage], Call]
    outside: int = 404
    """Status for the same roles of another county: 404, as if absent; 200 where the list is merely empty."""
    foreign_resident: int | None = None
    """Status for another household's resident of the same community, where it differs from ``outside``."""

    @property
    def name(self) -> str:
        """Name the route."""
        return f"{self.method} {self.rule}"


def with_step(body: dict[str, Any]) -> dict[str, Any]:
    """Give the options of a request that takes a new step."""
    return with_json({"step_id": str(new_id()), **body})


def with_json(body: dict[str, Any]) -> dict[str, Any]:
    """Give the options of a request with a JSON body."""
    return {"json": body}
