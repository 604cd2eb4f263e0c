"""The data of a developer's machine: PostgreSQL and Valkey in var/, and the tables in their newest form."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from dev.app_command import app_command
from dev.servers import Child, ensure_database, start_postgres, start_valkey
from dev.settings import development
from dev.signals import StopSignals
from dev.var import log_file, var_folder

DATABASE = "gongdi"


@dataclass(frozen=True)
class Data:
    """The servers' processes, and the application's settings to reach them."""

    children: tuple[Child, ...]
    settings: dict[str, str]


def start_data(started: contextlib.ExitStack, signals: StopSignals, *, public_url: str) -> Data:
    """Start both servers, which `started` will stop, and migrate.

    Raises MachineError if one of them fails; SystemExit if we are asked to stop.
    """
    var = var_folder()
    with timed("PostgreSQL"):
        postgres = start_postgres(var / "postgres", log=log_file("postgres"))
        started.callback(postgres.stop)
    signals.obey()
    with timed("Valkey"):
        valkey = start_valkey(var / "valkey", log=log_file("valkey"))
        started.callback(valkey.stop)
    signals.obey()
    url = ensure_database(postgres.url, DATABASE)
    settings = development(database_url=url, redis_url=valkey.url, public_url=public_url)
    with timed("migrations"):
        app_command(["migrate"], settings, signals, log=log_file("migrate"))
    return Data((postgres.child, valkey.child), settings)


@contextlib.contextmanager
def timed(what: str) -> Iterator[None]:
    """Say that a step is done, and how long it took."""
    begun = time.monotonic()
    yield
    print(f"  {what:<16}{time.monotonic() - begun:6.1f} s", flush=True)
