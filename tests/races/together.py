"""Calls made at the same moment, on connections of their own, that really commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.client import Answer

_WAIT_S = 30


def at_once(calls: list[Callable[[], Answer]]) -> list[Answer]:
    """Make all calls in threads that start together; give their answers in order."""
    start = Barrier(len(calls))

    def call(one: Callable[[], Answer]) -> Answer:
        start.wait(_WAIT_S)
        return one()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls, timeout=_WAIT_S))
