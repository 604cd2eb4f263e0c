"""How much CPU time a piece of work takes, whatever else the machine and the collector do."""

import gc
import time
from collections.abc import Callable


def cpu_s(work: Callable[[], object]) -> float:
    """Give the CPU seconds that this thread spends on the work.

    The garbage collector waits meanwhile: in a process with thousands of collected tests one full
    round of it takes seconds, and meets whichever test happens to run.
    """
    gc.disable()
    try:
        before_s = time.thread_time()
        work()
        return time.thread_time() - before_s
    finally:
        gc.enable()


def least_cpu_s(work: Callable[[], object], *, tries: int = 3) -> float:
    """Give the least of some tries."""
    return min(cpu_s(work) for _ in range(tries))
