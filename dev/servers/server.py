"""A server that runs: where to reach it, its process, and how to end it."""

import contextlib
import fcntl
import importlib.util
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from dev.servers.account import Account
from dev.servers.child import Child
from dev.trouble import MachineError

LOCK = "lock"
PASSWORD = "password"  # noqa: S105  # a file's name
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Server:
    """A running server. `url` holds its password."""

    url: str
    child: Child
    holds: contextlib.ExitStack

    def stop(self) -> None:
        """Stop the process, wait for its end, and give up the folder."""
        self.holds.close()


def claim(folder: Path) -> TextIO:
    """Return the folder's lock, held: one run at a time has the server in it, and a run that dies lets go.

    Raises MachineError if another run holds it.
    """
    lock = (folder / LOCK).open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        message = f"The server in {folder} belongs to another run that is still going."
        raise MachineError(message) from None
    return lock


def password(home: Path, account: Account | None) -> str:
    """Return the server's password: random, made the first time, readable by the server's user only."""
    file = home / PASSWORD
    if not file.exists():
        write_private(file, secrets.token_urlsafe(24), account)
    return file.read_text()


def write_private(file: Path, text: str, account: Account | None) -> None:
    """Write a file that only the server's user (and root) can read, all of it or nothing."""
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with open(unfinished, "x", opener=_private) as writing:
        if account is not None:
            os.fchown(writing.fileno(), account.uid, account.gid)
        writing.write(text)
    unfinished.replace(file)


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def package_folder(name: str) -> Path:
    """Return where an installed package is, without importing it: what its import does is not wanted here.

    Raises MachineError if it is not installed.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        message = f"The package {name} is not installed: run `make run` or `make test`, which install it."
        raise MachineError(message)
    return Path(spec.origin).parent


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
