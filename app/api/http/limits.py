"""Rate limits, shared by the workers through Redis; without Redis each worker counts for itself.

So nothing stops because Redis is away, and no limit falls: until it is back, each is at most as many times
wider as there are workers. Redis holds no phone in the clear.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar, cast

import structlog
from flask import Response, g
from flask_limiter import Limiter
from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from app.actors import Actor
from app.api.http.addresses import asking_address
from app.clock import now

log = structlog.get_logger()

limiter = Limiter(key_func=asking_address, headers_enabled=False, in_memory_fallback_enabled=True)
_alone = FixedWindowRateLimiter(MemoryStorage())
"""Counts until the limiter, which has such a storage too, has noticed that Redis is away."""
READ_BY_MANY = "600 per minute"
"""Of one address, of a page that people read: a whole settlement may sit behind its carrier's."""
_A_WHILE_S = 60
_Told = TypeVar("_Told")
View = TypeVar("View", bound=Callable[..., Any])


def is_refused(response: Response) -> bool:
    """Say whether something was refused: what is right then uses up nothing of the limit of its address."""
    return HTTPStatus.BAD_REQUEST <= response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR


def each_person(rate: str) -> Callable[[View], View]:
    """Limit how often one person calls the view, wherever from; stands below ``@allow``, which finds him.

    By address an office behind one would lock itself out.
    """
    return limiter.limit(rate, key_func=_person)  # type: ignore[return-value]


@dataclass(frozen=True)
class Tally:
    """What is counted against one limit under one name, where a view itself knows what counts."""

    limit: RateLimitItem
    name: tuple[str, ...]

    def add(self, amount: int = 1) -> bool:
        """Count, and say whether there was room."""
        return self._ask(lambda counters: counters.hit(self.limit, *self.name, cost=amount))

    def has_room(self, amount: int = 1) -> bool:
        """Say whether there is room, without counting."""
        return self._ask(lambda counters: counters.test(self.limit, *self.name, cost=amount))

    def give_back(self, amount: int = 1) -> None:
        """Take back what was counted for something that did not come about."""
        self._ask(
            lambda counters: counters.storage.incr(
                self.limit.key_for(*self.name), self.limit.get_expiry(), -amount
            )
        )

    def clear(self) -> None:
        """Start anew."""
        self._ask(lambda counters: counters.clear(self.limit, *self.name))

    def reopens_in_s(self) -> int:
        """Give the seconds until the count starts anew by itself."""
        return _seconds_until(
            self._ask(lambda counters: counters.get_window_stats(self.limit, *self.name).reset_time)
        )

    def _ask(self, question: Callable[[RateLimiter], _Told]) -> _Told:
        """Ask the limiter's counters, or this process's own where Redis does not answer."""
        try:
            return question(limiter.limiter)
        except limiter.storage.base_exceptions as error:
            log.warning("limits_alone", error=type(error).__name__)
            return question(_alone)


def retry_after_s() -> int:
    """Give the seconds until the limit that this request hit opens again."""
    limit = limiter.current_limit
    return _seconds_until(limit.reset_at) if limit else _A_WHILE_S


def _person() -> str:
    user_id = cast("Actor", g.actor).user_id
    assert user_id is not None, "a view for signed-in people"
    return f"person {user_id.hex}"


def _seconds_until(timestamp: float) -> int:
    return max(1, int(timestamp) - int(now().timestamp()))
