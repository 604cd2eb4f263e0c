"""Calls made at the same moment, on connections of their own, that really commit."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

Given = TypeVar("Given")
Step = Callable[[Session], Any]
_WAIT_S = 30
_LET_RUN_S = 0.5
"""Long enough that whatever does not wait has come to its end."""


def at_once(calls: list[Callable[[], Given]]) -> list[Given]:
    """Make all calls in threads that start together; give what they gave, in order."""
    start = Barrier(len(calls))

    def call(one: Callable[[], Given]) -> Given:
        start.wait(_WAIT_S)
        return one()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls, timeout=_WAIT_S))


def one_inside_the_other(
    engine: Engine, first: Step, second: Step, *, then: Step | None = None
) -> tuple[Any, Any]:
    """Take the first step, begin the second beside it, then commit the first; give what both gave.

    ``then`` is what the first one goes on with while the second runs or waits.
    """
    with Session(engine, expire_on_commit=False) as outer, ThreadPoolExecutor(1) as pool:
        gave = first(outer)
        outer.flush()
        begun = Event()

        def beside() -> Any:
            with Session(engine, expire_on_commit=False) as inner:
                begun.set()
                told = second(inner)
                inner.commit()
                return told

        other: Future[Any] = pool.submit(beside)
        begun.wait(5)
        Event().wait(_LET_RUN_S)
        if then is not None:
            gave = then(outer)
        outer.commit()
        return gave, other.result(20)
