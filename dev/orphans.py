"""Processes that outlive whoever started them: found and stopped, so that nothing is left behind.

On Linux a process can be made the parent of all orphans below it, which makes them visible. Elsewhere
nothing is found.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
GRACE_S = 3.0  # for helpers that end by themselves once they notice that they are alone
POLL_S = 0.05


def adopt_orphans() -> None:
    """Become the parent of every process below us whose own parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def stop_orphans(*, grace_s: float = GRACE_S) -> list[str]:
    """Stop what is left below us and return the command lines; our own children must have ended before."""
    deadline = time.monotonic() + grace_s
    while _children() and time.monotonic() < deadline:
        time.sleep(POLL_S)
    stopped = []
    while children := _children():  # the children of one that is stopped come next
        for pid, command in children.items():
            stopped.append(command)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(POLL_S)
    return stopped


def _children() -> dict[int, str]:
    """Return the command lines of our living children by process id, after burying the dead ones."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # After the command's name, which stands in brackets and may hold anything: state, parent, ...
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid():
                found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ").strip()
    return found
