"""Counts of requests by the minute, which all processes keep together.

A process takes a share of a minute's requests from Redis at once and gives it out by itself, so that hardly
any request waits for Redis. No limit is ever passed; one may fall short by what other processes took and did
not use. Without Redis each process counts for itself.
"""

import hmac
import threading
import time
from hashlib import sha256

import redis
import structlog

from app.clock import now
from app.errors import DomainError, Kind

WINDOW_S = 60
_SHARES = 20
"""A process takes this part of a limit at once: a twentieth."""
_REST_S = 5
"""How long Redis is not asked again after it did not answer."""
log = structlog.get_logger()


class TooManyRequestsError(DomainError):
    """The person or the address asked too much in this minute (data: ``retry_after_s``)."""

    code = "too_many_requests"
    kind = Kind.TOO_MANY


class Rates:
    """Counts by kind and name in windows of a minute; used by all threads of a process."""

    def __init__(self, client: redis.Redis, key: bytes) -> None:
        """Count under names hashed by ``key``."""
        self._client = client
        self._key = key
        self._lock = threading.Lock()
        self._taking = threading.Lock()
        """Held while a share is taken: threads that come at once would use up the minute with shares."""
        self._window = 0
        self._left: dict[tuple[str, str, int], int] = {}
        """What this process took and has not given out; below zero where nothing is to be had."""
        self._alone: dict[tuple[str, str, int], int] = {}
        """What this process gave out of its own in this window."""
        self._asks_again_at = 0.0

    def count(self, kind: str, name: str, limit: int) -> None:
        """Count a request. Raises TooManyRequestsError where it is one more than ``limit`` in this minute."""
        at_s = now().timestamp()
        window, counted = int(at_s) // WINDOW_S, (kind, name, limit)
        with self._lock:
            if window != self._window:
                self._window = window
                self._left.clear()
                self._alone.clear()
        granted = self._granted(counted)
        if granted is None:
            with self._taking:
                granted = self._granted(counted)
                if granted is None:
                    share = self._share(counted, window)
                    with self._lock:
                        self._left[counted] = share - 1
                    granted = share > 0
        if not granted:
            raise TooManyRequestsError(retry_after_s=WINDOW_S - int(at_s) % WINDOW_S)

    def _granted(self, counted: tuple[str, str, int]) -> bool | None:
        """Give out one of what this process took; None if it must take a share first."""
        with self._lock:
            left = self._left.get(counted, 0)
            if left > 0:
                self._left[counted] = left - 1
        return left > 0 if left else None

    def _share(self, counted: tuple[str, str, int], window: int) -> int:
        """Take a share, by one request at least; 0 if there is none left."""
        kind, name, limit = counted
        wanted = max(1, limit // _SHARES)
        if time.monotonic() >= self._asks_again_at:
            hashed = hmac.new(self._key, f"{kind} {name}".encode(), sha256).hexdigest()[:32]
            stored = f"rate:{kind}:{limit}:{window}:{hashed}"
            try:
                with self._client.pipeline(transaction=False) as pipeline:
                    pipeline.incrby(stored, wanted)
                    pipeline.expire(stored, 2 * WINDOW_S)
                    taken, _ = pipeline.execute()
            except (redis.RedisError, OSError) as error:
                self._asks_again_at = time.monotonic() + _REST_S
                log.warning("rates_alone", error=type(error).__name__)
            else:
                return max(0, min(wanted, limit - (int(taken) - wanted)))
        with self._lock:
            gone = self._alone.get(counted, 0)
            share = max(0, min(wanted, limit - gone))
            self._alone[counted] = gone + share
        return share
