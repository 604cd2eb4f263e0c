"""`make run` from outside: what it keeps, where it answers, what it leaves, and how it tells of a death."""

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from psycopg import sql

from app.cli.seed.accounts import PASSWORD
from dev.data import DATABASE
from dev.servers import ensure_database, forget, libpq_url, postgres, scratch
from dev.servers.server import LOOPBACK, free_port
from dev.var import ROOT
from dev.web import DIRECT
from tests.dev.running import PARTS, WITHIN_S, Run
from tests.processes import below, living, until

pytestmark = pytest.mark.xdist_group("whole run")
GONE_WITHIN_S = 30
"""Workers of a web server that was killed look once a second whether it lives."""
GROWING = ("audit_", "sign_in", "refresh_tokens")
"""Of the trail, in which the scheduler leaves an entry at each start, and of those who signed in here."""
MORTAL = ["The web server", "The scheduler", "PostgreSQL"]
"""Valkey is watched as PostgreSQL is, and each of these costs a whole start."""
SEED_CPU_S = 60
"""The seed's limit in seconds, and here the processor's for all that a first start does more than a second:
the tables, the demo data, and the loading of the application for both. Two cores alone took 34."""
LOADS = 8
"""What a second start may cost, in loadings of the application, as one core is worth less beside another that
is busy. It loads it five times; two cores took 4.1."""
SEEDING_STEPS = ("the story", "records", "points", "photos", "a check", "tidying up")
Start = Callable[..., Run]


@dataclass(frozen=True)
class Kept:
    """What lies in a var folder, and must outlive a run."""

    rows: dict[str, int]
    password_hashes: list[str]
    secrets: tuple[str, str, str | None]


@dataclass(frozen=True)
class Lived:
    """A var folder after a first `dev.run --check`."""

    var: Path
    code: int
    said: str
    cpu_s: float | None
    kept: Kept


@pytest.fixture(scope="module")
def lived() -> Iterator[Lived]:
    """Run `dev.run --check` in an empty folder, once for this module."""
    with scratch() as folder:
        var = folder / "var"
        try:
            run = checked(var)
            yield Lived(var, run.end(), run.said, run.cpu_s, kept(var))
        finally:
            forget(var / "postgres")


@pytest.fixture
def start(lived: Lived) -> Iterator[Start]:
    """Start `dev.run` in the folder that lived; what still runs afterwards is stopped."""
    started: list[Run] = []

    def begin(
        *arguments: str, port: int | None = None, name: str = "run", more: dict[str, str] | None = None
    ) -> Run:
        started.append(Run(lived.var, port or free_port(), *arguments, name=name, more=more))
        return started[-1]

    yield begin
    for run in reversed(started):
        run.kill()


def checked(var: Path) -> Run:
    """Run `dev.run --check` to its end."""
    run = Run(var, free_port(), "--check")
    try:
        run.end()
    finally:
        run.kill()
    return run


def kept(var: Path) -> Kept:
    """Read what a var folder keeps; nothing may run in it."""
    with (
        postgres(var / "postgres") as url,
        psycopg.connect(libpq_url(ensure_database(url, DATABASE))) as connection,
    ):
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
        ).fetchall()
        rows = {name: count(connection, name) for (name,) in names if not name.startswith(GROWING)}
        hashes = connection.execute("SELECT password_hash FROM users ORDER BY id").fetchall()
    secrets = (
        (var / "secret").read_text(),
        (var / "valkey/password").read_text(),
        urlsplit(url).password,
    )
    return Kept(rows, [text for (text,) in hashes], secrets)


def count(connection: psycopg.Connection, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    return int(connection.execute(query).fetchall()[0][0])


def cpu_of_loading() -> float:
    """Measure the CPU seconds of one process that loads the application and does nothing else."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import app.api"], cwd=ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_first_run_writes_the_demo_data(lived: Lived) -> None:
    assert lived.code == 0, lived.said
    assert "The demo data is written." in lived.said
    assert lived.said.endswith("\nStopped. The data is kept.\n")
    assert [step for step in SEEDING_STEPS if f"\n  {step}  " not in lived.said] == []
    assert min(lived.kept.rows[table] for table in ("users", "households", "inspections", "transfers")) > 0


def test_the_second_run_seeds_nothing_and_answers_where_it_says_until_ctrl_c(
    start: Start, lived: Lived
) -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        taken: int = other.getsockname()[1]
        run = start(port=taken)
        run.wait_until_up()
    address = f"http://{LOOPBACK}:{run.port}"
    with DIRECT.open(f"{address}/readyz", timeout=30) as ready, DIRECT.open(f"{address}/docs") as docs:
        answers = (ready.status, docs.status)
    again = start("--check", name="again")
    refused = again.end()
    everything = below(run.process.pid)
    parts = {run.part(name) for name in PARTS}
    settings = json.loads((lived.var / "instance.json").read_text())["settings"]
    ports = {run.port, urlsplit(settings["REDIS_URL"]).port}
    open_ports = {port for port in ports if answered(port)}
    run.process.send_signal(signal.SIGINT)
    code = run.end()

    assert f"  Port {taken} is taken, using {run.port}.\n" in run.said
    assert answers == (200, 200)
    assert (refused, again.said.strip().splitlines()[0]) == (
        1,
        f"Gongdi is running already, at {address} (process {run.process.pid}); it is left alone.",
    )
    assert parts < everything
    assert open_ports == ports
    assert code == 0, run.said
    assert run.said.endswith("\nStopping.\nStopped. The data is kept.\n")
    assert living(everything) == set()
    assert {port for port in ports if answered(port)} == set()
    assert "The demo data is there already." in run.said
    assert "The demo data is written." not in run.said
    assert [step for step in SEEDING_STEPS if step in run.said] == []
    assert lived.cpu_s is not None
    assert run.cpu_s is not None
    assert 5 < lived.cpu_s - run.cpu_s <= SEED_CPU_S
    assert 2 < run.cpu_s <= LOADS * cpu_of_loading()
    assert kept(lived.var) == lived.kept


def by_wechat(run: Run) -> str:
    """Sign in as it says that it can be tried; give who that is."""
    home = f"http://{LOOPBACK}:{run.port}"
    code = requests.post(f"{run.wechat}/__fake__/code", json={"user": first_name(run)}, timeout=30).json()
    opened = requests.post(f"{home}/v1/sessions/wechat", json=code, timeout=30).json()
    shown = {"Authorization": f"Bearer {opened['token']}"}
    return str(requests.get(f"{home}/v1/me", headers=shown, timeout=30).json()["name"])


def first_name(run: Run) -> str:
    """Give whose name stands in the command that it shows."""
    found = re.search(r"""-d '{"user": "([^"]+)"}'""", run.said)
    assert found is not None, run.said
    return found[1]


def test_people_sign_in_by_the_made_up_wechat_and_without_it_the_rest_goes_on(start: Start) -> None:
    """S-52: it may be killed."""
    run = start()
    run.wait_until_up()
    signed_in, first = by_wechat(run), first_name(run)
    os.kill(run.part("The made-up WeChat"), signal.SIGKILL)
    told = until(lambda: "The made-up WeChat ended. Everything else goes on" in run.said, within_s=WITHIN_S)
    home, phone = f"http://{LOOPBACK}:{run.port}", re.findall(r"\b1000000\d{4}\b", run.said)[0]
    away = requests.post(f"{home}/v1/sessions/wechat", json={"code": "0" * 32}, timeout=30)
    shown = {"phone": phone, "password": PASSWORD}
    status = requests.post(f"{home}/v1/sessions", json=shown, timeout=30).status_code
    run.process.send_signal(signal.SIGINT)

    assert signed_in == first
    assert (told, away.status_code, away.json()["code"]) == (True, 503, "wechat_away")
    assert (status, run.end()) == (201, 0)


def test_whoever_wants_no_wechat_has_none(start: Start) -> None:
    run = start("--check", more={"WECHAT": "off"})

    assert run.end() == 0
    assert "    WeChat     none\n" in run.said
    assert "__fake__" not in run.said


def test_ctrl_c_before_all_is_up_is_told_apart(start: Start) -> None:
    run = start()
    assert until(lambda: "PostgreSQL" in run.said, within_s=WITHIN_S)
    everything = below(run.process.pid)
    run.process.send_signal(signal.SIGINT)

    assert run.end() == 128 + signal.SIGINT
    assert "\nStopping.\n" in run.said
    assert run.said.endswith("\nStopped. The data is kept.\n")
    assert "Gongdi is running." not in run.said
    assert living(everything) == set()


def test_a_command_that_fails_tells_why_in_one_line(lived: Lived) -> None:
    """The command speaks for itself: no status of inner processes behind it."""
    environment = {**os.environ, "GONGDI_VAR": str(lived.var)}
    command = [sys.executable, "-m", "dev.command", "demo-code", "19900000000"]
    failed = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)

    assert (failed.returncode, failed.stderr) == (
        1,
        "Error: No account has the phone 19900000000. make run shows the demo accounts.\n",
    )


def answered(port: int | None) -> bool:
    """Say whether somebody listens on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


@pytest.mark.parametrize("name", MORTAL)
def test_the_death_of_a_part_ends_all_and_is_named(start: Start, lived: Lived, name: str) -> None:
    run = start()
    run.wait_until_up()
    everything, port = below(run.process.pid), run.port
    os.kill(run.part(name), signal.SIGKILL)
    code = run.end()

    assert code == 1
    assert f"\n{name} was killed by SIGKILL. The end of {lived.var}/log/" in run.said
    assert run.said.endswith("\n\nStopping the rest.\nStopped. The data is kept.\n")
    assert until(lambda: living(everything) == set(), within_s=GONE_WITHIN_S)
    assert not answered(port)


def test_what_was_killed_lost_nothing(lived: Lived) -> None:
    assert kept(lived.var) == lived.kept
