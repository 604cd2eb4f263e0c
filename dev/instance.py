"""The one instance of Gongdi that runs in a var folder: who it is, where it is, how to join it."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TextIO

from dev.trouble import MachineError
from dev.var import var_folder

FILE = "instance.json"  # locked by the instance as long as it lives; holds passwords, so its owner's only

STARTING = '{"pid": 0, "address": "", "settings": {}}'  # locked, and not yet written


@dataclass(frozen=True)
class Instance:
    """A running `make run`; `address` is empty until it answers, `settings` are the application's."""

    pid: int
    address: str
    settings: Mapping[str, str]


@contextlib.contextmanager
def claimed() -> Iterator[TextIO]:
    """Be the instance of the var folder; yield the file to announce() it in.

    Raises MachineError if there is one already.
    """
    with open(var_folder() / FILE, "a", opener=_private) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MachineError(_taken(running())) from None
        announce(file, Instance(os.getpid(), "", {}))
        try:
            yield file
        finally:
            file.truncate(0)


def announce(file: TextIO, instance: Instance) -> None:
    """Tell other commands where the instance is."""
    file.truncate(0)
    file.write(json.dumps(asdict(instance)))
    file.flush()


def running() -> Instance | None:
    """Return the instance of the var folder, or None if there is none."""
    try:
        file = (var_folder() / FILE).open()
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Instance(**json.loads(file.read() or STARTING))
    return None  # what the file says is of an instance that died


def _taken(instance: Instance | None) -> str:
    if instance is None or not instance.address:
        return "Gongdi is being started or stopped by another command. Try again in a moment."
    return (
        f"Gongdi is running already, at {instance.address} (process {instance.pid}); it is left alone.\n"
        f"To stop it, press Ctrl-C in its terminal, or: kill {instance.pid}"
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
