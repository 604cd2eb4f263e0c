"""Calls made at the same moment, on connections of their own, that really commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Given = TypeVar("Given")
_WAIT_S = 30


def at_once(calls: list[Callable[[], Given]]) -> list[Given]:
    """Make all calls in threads that start together; give what they gave, in order."""
    start = Barrier(len(calls))

    def call(one: Callable[[], Given]) -> Given:
        start.wait(_WAIT_S)
        return one()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls, timeout=_WAIT_S))
