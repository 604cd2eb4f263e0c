"""The living processes of this machine and who started them, and waiting with an end."""

import contextlib
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

POLL_S = 0.05


def until(true: Callable[[], bool], *, within_s: float) -> bool:
    """Wait until something is true; say whether it became so in time."""
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def children(parent: int) -> set[int]:
    """Give the living processes that a process started itself."""
    return {pid for pid, its_parent in _parents().items() if its_parent == parent}


def below(ancestor: int) -> set[int]:
    """Give the living processes that a process started, and those that these started."""
    parents = _parents()
    found: set[int] = set()
    layer = {ancestor}
    while layer:
        layer = {pid for pid, parent in parents.items() if parent in layer}
        found |= layer
    return found


def living(pids: set[int]) -> set[int]:
    """Give those of the processes that still live; a dead one whose parent has not looked yet does not."""
    return pids & set(_parents())


def _parents() -> dict[int, int]:
    """Give the parent of each living process."""
    if Path("/proc/self/stat").exists():
        return _from_proc()
    command = ["ps", "-A", "-o", "pid=,ppid=,stat="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [line.split() for line in listed.stdout.splitlines()]
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def _from_proc() -> dict[int, int]:
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # After the command's name, which stands in brackets and may hold anything: state, parent, ...
            state, parent, *_ = (entry / "stat").read_text().rpartition(")")[2].split()
            if state not in {"Z", "X"}:
                parents[int(entry.name)] = int(parent)
    return parents
