"""What processes spent of the processor, by the kernel's counters (Linux)."""

import contextlib
import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def tree_cpu_s(pid: int) -> float:
    """Give the CPU seconds of a process, its children, and those of them that ended and were waited for.

    Raises FileNotFoundError if there is no such process; a child that ends meanwhile may be missed.
    """
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    total = sum(int(ticks) for ticks in fields[11:15]) / _TICKS
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in (thread / "children").read_text().split():
                total += tree_cpu_s(int(child))
    return total
