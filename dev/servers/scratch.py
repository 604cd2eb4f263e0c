"""Servers for one run of the tests: fresh, quick, gone afterwards."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dev.servers.account import forget
from dev.servers.cache import valkey
from dev.servers.cluster import postgres
from dev.servers.server import claim
from dev.trouble import MachineError

DATABASE_VARIABLE = "GONGDI_TEST_DATABASE_URL"
REDIS_VARIABLE = "GONGDI_TEST_REDIS_URL"
PREFIX = "gongdi-scratch-"
LEFT_AFTER_S = 60  # a folder that is just being made is not locked yet


@dataclass(frozen=True)
class Servers:
    """Where PostgreSQL (its maintenance database) and Valkey are."""

    database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """Return the variables by which servers_for_tests(), in another process, finds these servers."""
        return {DATABASE_VARIABLE: self.database_url, REDIS_VARIABLE: self.redis_url}


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder for servers' folders; they are deleted at the end, wherever their files are.

    Deletes what runs that were killed could not.
    """
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # for root, PostgreSQL runs as somebody else, who must get through
    with claim(folder):
        try:
            yield folder
        finally:
            _delete(folder)


@contextlib.contextmanager
def scratch_servers() -> Iterator[Servers]:
    """Run a fresh PostgreSQL that waits for no disk and a fresh Valkey, and delete both at the end."""
    with (
        scratch() as folder,
        postgres(folder / "postgres", durable=False) as database_url,
        valkey(folder / "valkey", recorded=True) as redis_url,
    ):
        yield Servers(database_url, redis_url)


@contextlib.contextmanager
def servers_for_tests() -> Iterator[Servers]:
    """Yield the servers that `make test` started, or, under a plain pytest, servers of its own."""
    if DATABASE_VARIABLE in os.environ:
        yield Servers(os.environ[DATABASE_VARIABLE], os.environ[REDIS_VARIABLE])
        return
    with scratch_servers() as servers:
        yield servers


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, MachineError):  # gone meanwhile, or still in use
            status = folder.lstat()
            if status.st_uid == os.geteuid() and time.time() - status.st_mtime > LEFT_AFTER_S:
                with claim(folder):
                    _delete(folder)


def _delete(folder: Path) -> None:
    for entry in folder.iterdir():
        forget(entry)
    shutil.rmtree(folder)
