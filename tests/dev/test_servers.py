"""PostgreSQL and Valkey from wheels: they start, keep data, stop, and are never left behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dev.servers import ensure_database, forget, libpq_url, postgres, scratch, start_postgres, valkey
from dev.servers.account import Account, unprivileged
from dev.servers.child import arguments_of, start, stop_orphan
from dev.servers.scratch import PREFIX
from dev.trouble import MachineError
from dev.var import ROOT

STARTS_AND_WAITS = """
import sys, time
from pathlib import Path
from dev.servers import start_postgres, start_valkey
folder = Path(sys.argv[1])
servers = start_postgres(folder / "postgres", durable=False), start_valkey(folder / "valkey")
print(*(server.child.process.pid for server in servers), flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch() as made:
        yield made


def ask(url: str, query: str) -> object:
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def pid_of(folder: Path) -> int:
    return int((folder / "data/postmaster.pid").read_text().split()[0])


def runs(pid: int) -> bool:
    return any(arguments_of(pid))


def test_postgres_keeps_its_data_and_leaves_no_process(folder: Path) -> None:
    with postgres(folder / "pg", durable=False) as url:
        pid = pid_of(folder / "pg")
        ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
        assert ask(url, "SELECT current_setting('server_encoding')") == "UTF8"
        assert ask(url, "SELECT datlocale FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"
        assert ask(url, "SELECT current_setting('timezone')") == "UTC"
    assert not runs(pid)

    with postgres(folder / "pg", durable=False) as url:
        assert ask(url, "SELECT number FROM kept") == 7


def test_postgres_waits_for_the_disk_unless_told_not_to(folder: Path) -> None:
    with postgres(folder / "pg") as url:
        assert ask(url, "SELECT current_setting('fsync')") == "on"
    with postgres(folder / "pg", durable=False, settings={"work_mem": "5MB"}) as url:
        assert ask(url, "SELECT current_setting('fsync')") == "off"
        assert ask(url, "SELECT current_setting('work_mem')") == "5MB"


def test_postgres_never_runs_as_root(folder: Path) -> None:
    with postgres(folder / "pg", durable=False):
        assert Path(f"/proc/{pid_of(folder / 'pg')}").stat().st_uid != 0
        assert (folder / "pg/data").stat().st_mode & 0o077 == 0


def test_postgres_works_where_its_user_may_not_enter(folder: Path) -> None:
    folder.chmod(0o700)  # closed to the user that root's PostgreSQL runs as

    for expected in (1, 2):  # the second time it must find its data again
        with postgres(folder / "pg", durable=False) as url:
            ask(url, "CREATE SEQUENCE IF NOT EXISTS starts")
            assert ask(url, "SELECT nextval('starts')") == expected
            place = Path(str(ask(url, "SHOW data_directory")))
    forget(folder / "pg")

    assert folder.stat().st_mode & 0o777 == 0o700
    assert not place.parent.exists()
    assert not (folder / "pg").exists()


def test_postgres_takes_a_loopback_port_where_the_path_is_too_long_for_a_socket(folder: Path) -> None:
    with postgres(folder / ("long" * 25), durable=False) as url:
        assert urlsplit(url).hostname == "127.0.0.1"
        assert ask(url, "SELECT 1") == 1
        parts = urlsplit(url)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            ask(f"postgresql://gongdi:guess@127.0.0.1:{parts.port}/postgres", "SELECT 1")


def test_a_pid_file_of_a_machine_that_was_switched_off_hurts_nobody(folder: Path) -> None:
    with postgres(folder / "pg", durable=False):
        pid_file = folder / "pg/data/postmaster.pid"
        old = pid_file.read_text()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        pid_file.write_text(old.replace(old.split()[0], str(stranger.pid), 1))
        with postgres(folder / "pg", durable=False) as url:
            assert ask(url, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_servers_end_with_a_parent_that_is_killed_and_start_again(folder: Path) -> None:
    command = [sys.executable, "-c", STARTS_AND_WAITS, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert all(runs(pid) for pid in pids)
        parent.kill()

    with postgres(folder / "postgres", durable=False) as url, valkey(folder / "valkey"):
        assert ask(url, "SELECT 1") == 1
    deadline = time.monotonic() + 10
    while any(runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in pids if runs(pid)] == []


def test_a_server_left_by_an_earlier_run_is_stopped_by_its_arguments(tmp_path: Path) -> None:
    mark = str(tmp_path / "data")
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", mark]) as orphan:
        (tmp_path / "pid").write_text(f"{orphan.pid}\n{mark}\n")
        while mark not in arguments_of(orphan.pid):  # it is not yet what it is going to be
            time.sleep(0.01)
        stop_orphan(tmp_path / "pid", mark=mark, farewell=(signal.SIGTERM,))
        assert orphan.wait(1) == -signal.SIGTERM
    assert not (tmp_path / "pid").exists()


def test_two_runs_do_not_share_a_folder(folder: Path) -> None:
    with (
        postgres(folder / "pg", durable=False) as url,
        pytest.raises(MachineError, match="belongs to another run"),
    ):
        start_postgres(folder / "pg")
    with (
        valkey(folder / "v"),
        pytest.raises(MachineError, match="belongs to another run"),
        valkey(folder / "v"),
    ):
        pass
    assert url


def test_a_server_that_does_not_start_says_why_in_its_own_words(folder: Path) -> None:
    with pytest.raises(MachineError, match=r'PostgreSQL ended with status 1[\s\S]*"no_such_setting"'):
        start_postgres(folder / "pg", settings={"no_such_setting": "1"})

    with postgres(folder / "pg", durable=False) as url:  # the folder was given up
        assert ask(url, "SELECT 1") == 1


def test_a_database_is_made_once_however_many_ask(folder: Path) -> None:
    with postgres(folder / "pg", durable=False) as url:
        with ThreadPoolExecutor(4) as pool:
            urls = set(pool.map(lambda _: ensure_database(url, "tea"), range(8)))
        assert len(urls) == 1
        assert ask(urls.pop(), "SELECT current_database()") == "tea"


def test_valkey_asks_for_its_password_and_writes_nothing_to_the_disk(folder: Path) -> None:
    with valkey(folder / "v") as url:
        with redis.Redis.from_url(url) as client:
            client.set("a", "b")
            assert client.config_get("save") == {"save": ""}
            assert client.config_get("appendonly") == {"appendonly": "no"}
        stranger = redis.Redis(port=urlsplit(url).port or 0, retry=Retry(NoBackoff(), 0))
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.get("a")
        pid = int((folder / "v/valkey.pid").read_text())
    assert not runs(pid)
    assert {name: (folder / "v" / name).stat().st_mode & 0o777 for name in ("password", "valkey.conf")} == {
        "password": 0o600,
        "valkey.conf": 0o600,
    }


def test_a_scratch_folder_is_deleted_at_the_end() -> None:
    with scratch() as folder:
        (folder / "v").mkdir()
    assert not folder.exists()


def test_a_scratch_folder_that_a_killed_run_left_is_deleted_by_the_next(folder: Path) -> None:
    left, young = (Path(tempfile.mkdtemp(prefix=PREFIX)) for _ in range(2))
    (left / "pg").mkdir()
    for old in (left, folder):  # of which one is in use
        os.utime(old, (0, 0))

    with scratch():
        assert [path.exists() for path in (left, young, folder)] == [False, True, True]
    young.rmdir()


def test_a_child_that_ignores_the_gentle_signal_is_ended_all_the_same(tmp_path: Path) -> None:
    command = ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"]
    log = tmp_path / "log"
    child = start("A mule", command, log=log, environment=os.environ, cwd=tmp_path, patience_s=0.3)
    while log.read_text() != "deaf\n":
        time.sleep(0.01)

    child.stop()

    assert child.obituary().startswith("A mule was killed by SIGKILL.")


@pytest.mark.parametrize("mode, may", [(0o711, True), (0o700, False), (0o710, False)])
def test_who_may_enter_is_read_from_the_folder(folder: Path, mode: int, *, may: bool) -> None:
    (folder / "inner").mkdir()
    (folder / "inner").chmod(mode)
    nobody_here = Account("stranger", uid=2**31 - 7, gid=2**31 - 7)

    assert nobody_here.may_pass(folder / "inner") is may


def test_only_root_needs_somebody_else(folder: Path) -> None:
    account = unprivileged(folder)

    assert (account is None) == (os.geteuid() != 0)
    assert account is None or account.uid != 0
