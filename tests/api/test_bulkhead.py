"""A few places for those who wait for one slow thing."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from app.api.http.bulkhead import Bulkhead, BulkheadFullError, places_of


def enter(bulkhead: Bulkhead) -> float:
    """Try to take a place; give how long it took to be refused."""
    began_s = time.monotonic()
    with pytest.raises(BulkheadFullError), bulkhead.place():
        pass
    return time.monotonic() - began_s


def test_who_comes_too_many_waits_a_moment_and_later_not_at_all() -> None:
    bulkhead = Bulkhead(2, patience_s=0.4)
    with bulkhead.place(), bulkhead.place():
        assert 0.3 < enter(bulkhead) < 5
        began_s = time.monotonic()
        for _ in range(1000):
            enter(bulkhead)
        assert time.monotonic() - began_s < 0.4 * 1000 / 100


def test_a_place_that_is_left_is_the_next_ones() -> None:
    bulkhead = Bulkhead(1, patience_s=30)

    with ThreadPoolExecutor(1) as other, ExitStack() as held:
        held.enter_context(bulkhead.place())

        def come() -> bool:
            with bulkhead.place():
                return True

        waiting = other.submit(come)
        time.sleep(0.1)
        assert not waiting.done()
        held.close()
        assert waiting.result(10)


def test_a_fault_inside_leaves_the_place() -> None:
    bulkhead = Bulkhead(1, patience_s=0.1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), bulkhead.place():
            raise ZeroDivisionError


@pytest.mark.parametrize("threads, places", [(1, 1), (2, 1), (4, 1), (8, 3), (16, 6)])
def test_most_threads_are_left_to_others(threads: int, places: int) -> None:
    assert places_of(threads) == places
