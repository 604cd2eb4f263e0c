"""Keeps those who wait for one slow thing from taking every thread of the process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 0.5
"""How long somebody waits for a place, and how old the oldest stay may be that is still worth waiting for."""


class BulkheadFullError(Exception):
    """Every place is taken, and none seems to be free soon."""


class Bulkhead:
    """So many places, shared by the threads of one process.

    While stays are short, whoever comes too many waits a moment. Once the oldest one lasts longer than that
    moment, the thing behind is slow, and nobody waits at all: a waiting thread is one that others miss.
    """

    def __init__(self, places: int, *, patience_s: float = PATIENCE_S) -> None:
        self._places = places
        self._patience_s = patience_s
        self._since_s: list[float] = []
        """When each place that is taken was taken, the oldest first."""
        self._freed = threading.Condition()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place while the body runs. Raises BulkheadFullError."""
        since_s = self._enter()
        try:
            yield
        finally:
            with self._freed:
                self._since_s.remove(since_s)
                self._freed.notify()

    def _enter(self) -> float:
        until_s = time.monotonic() + self._patience_s
        with self._freed:
            while len(self._since_s) >= self._places:
                left_s = min(until_s, self._since_s[0] + self._patience_s) - time.monotonic()
                if left_s <= 0:
                    raise BulkheadFullError
                self._freed.wait(left_s)
            since_s = time.monotonic()
            self._since_s.append(since_s)
            return since_s


def places_of(threads: int) -> int:
    """Give how many threads of a process may wait for one thing: three of eight, and one at least."""
    return max(1, threads * 3 // 8)
