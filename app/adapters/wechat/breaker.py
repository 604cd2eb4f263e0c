"""A circuit breaker: what was away several times in a row is left alone for a while."""

import threading
import time

OPENS_AFTER = 5
"""Failures in a row."""
REST_S = 15.0
"""How long nobody is let through; then one may try."""


class Breaker:
    """Counts failures in a row, for the threads of one process."""

    def __init__(self, *, opens_after: int = OPENS_AFTER, rest_s: float = REST_S) -> None:
        self._opens_after = opens_after
        self._rest_s = rest_s
        self._failures = 0
        self._closed_until_s = 0.0
        self._guard = threading.Lock()

    def rest_left_s(self) -> float:
        """Return 0 if the caller may try, else how long everybody must wait.

        While the circuit is open, the first caller after the rest is let through, and for all others the rest
        begins anew: what becomes of that one try decides.
        """
        with self._guard:
            if self._failures < self._opens_after:
                return 0.0
            now_s = time.monotonic()
            if now_s < self._closed_until_s:
                return self._closed_until_s - now_s
            self._closed_until_s = now_s + self._rest_s
            return 0.0

    def succeeded(self) -> None:
        """Close the circuit."""
        with self._guard:
            self._failures = 0

    def failed(self) -> None:
        """Count a failure; enough of them in a row open the circuit."""
        with self._guard:
            self._failures += 1
            if self._failures >= self._opens_after:
                self._closed_until_s = time.monotonic() + self._rest_s
