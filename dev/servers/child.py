"""A process that we start, watch and stop, and that does not outlive us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dev.servers.account import Account, Identity
from dev.trouble import MachineError

PR_SET_PDEATHSIG = 1
POLL_S = 0.05
LINES_SHOWN = 20
Farewell = tuple[signal.Signals, ...]  # what to send, one after the other, until it ends


@dataclass(frozen=True)
class Child:
    """A running process of ours, by a name people know; without a log it speaks to our terminal."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path | None
    farewell: Farewell
    patience_s: float

    @property
    def dead(self) -> bool:
        """Tell whether it ended."""
        return self.process.poll() is not None

    def stop(self) -> None:
        """End it, gently first, and wait until it is gone. Does nothing if it is gone already."""
        for step in (*self.farewell, signal.SIGKILL):
            if self.dead:
                return
            self.process.send_signal(step)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience_s)

    def kill(self) -> None:
        """End it and all it started at once: for what nobody has used yet."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # start() made it the first of a group
        self.process.wait()

    def obituary(self) -> str:
        """Say how it ended, with the end of its log."""
        code = self.process.returncode
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
        return f"{self.name} {how}.{self.last_words()}"

    def last_words(self) -> str:
        """Return the end of its log, with the log's name."""
        if self.log is None:
            return ""
        lines = self.log.read_text(errors="replace").splitlines()[-LINES_SHOWN:]
        return f" The end of {self.log}:\n" + "\n".join(f"    {line}" for line in lines)


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path | None,
    environment: Mapping[str, str],
    cwd: Path,
    account: Account | None = None,
    farewell: Farewell = (signal.SIGTERM,),
    patience_s: float = 30,
) -> Child:
    """Start a process in a session of its own: Ctrl-C reaches us only, and we stop what we started in order.

    Should we die without a word, Linux sends it the first signal of `farewell` (and takes the death of the
    thread that called this for ours). `account` is whom it runs as, if not ourselves. The last log is kept
    beside the new one, as `.1`.
    """
    identity: Identity = account.identity() if account else {}
    as_whom = f" as {account.name}" if account else ""
    with _opened(log) as output:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=None if output is None else subprocess.STDOUT,
                env=environment,
                cwd=cwd,
                start_new_session=True,
                preexec_fn=_follow_parent(farewell[0]),  # noqa: PLW1509  # two system calls, no Python state
                **identity,
            )
        except PermissionError as error:
            message = f"{name} could not be started{as_whom}: {error.strerror}: {command[0]}."
            raise MachineError(message) from error
    return Child(name, process, log, farewell, patience_s)


def wait_until(ready: Callable[[], bool], child: Child, *, within_s: float) -> None:
    """Wait for a child to be ready; raise MachineError, with its log's end, if it dies or takes too long."""
    deadline = time.monotonic() + within_s
    while not ready():
        if child.dead:
            raise MachineError(child.obituary())
        if time.monotonic() > deadline:
            message = f"{child.name} was not ready within {within_s:.0f} s.{child.last_words()}"
            raise MachineError(message)
        time.sleep(POLL_S)


def stop_orphan(pid_file: Path, *, mark: str, farewell: Farewell, within_s: float = 30) -> None:
    """Stop the server an earlier run left behind, and remove its pid file.

    The number in the file counts only if that process has `mark` among its arguments: after a restart of the
    machine the number may belong to anybody. Call it holding the server's lock.
    """
    try:
        pid = int(pid_file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        pid = 0
    for step in (*farewell, signal.SIGKILL):
        if pid <= 0 or mark not in arguments_of(pid):
            break
        os.kill(pid, step)
        deadline = time.monotonic() + within_s
        while mark in arguments_of(pid) and time.monotonic() < deadline:
            time.sleep(POLL_S)
    pid_file.unlink(missing_ok=True)


def arguments_of(pid: int) -> list[str]:
    """Return a process's command line, empty if there is no such process or it has ended."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except (FileNotFoundError, ProcessLookupError):
            return []
    command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.split()


@contextlib.contextmanager
def _opened(log: Path | None) -> Iterator[BinaryIO | None]:
    if log is None:
        yield None
        return
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
    with log.open("wb") as output:
        yield output


def _follow_parent(farewell: signal.Signals) -> Callable[[], None] | None:
    """Return what a new process calls to be sent `farewell` when we die, where the system offers that."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def follow() -> None:
        prctl(PR_SET_PDEATHSIG, int(farewell), 0, 0, 0)
        if os.getppid() != parent:  # we died before the call
            os._exit(1)

    return follow
