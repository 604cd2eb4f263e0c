"""Being asked to stop, and leaving nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from dev.servers import forget, libpq_url, postgres, scratch, start
from dev.servers.child import arguments_of
from dev.servers.server import LOOPBACK, free_port
from dev.var import ROOT
from dev.web import wait_until_ready
from tests.dev.running import WITHIN_S, Run
from tests.processes import below, living, until

WAITS_FOR_A_CHILD = """
import os, signal, sys
from pathlib import Path
from dev.servers import start
from dev.signals import StopSignals
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests by nohup ignores it
signals = StopSignals()
child = start("sleep", ["sleep", "600"], log=None, environment=dict(os.environ), cwd=Path.cwd())
print(child.process.pid, flush=True)
signals.wait_for(child)
"""

LEAVES_A_GRANDCHILD = """
import subprocess
from dev.orphans import adopt_orphans, stop_orphans
adopt_orphans()
subprocess.run(["sh", "-c", "setsid sleep 611 & exit 0"], check=True, stdout=subprocess.DEVNULL)
print(stop_orphans(grace_s=0.2))
print(stop_orphans(grace_s=0.2))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_what_we_wait_for(number: signal.Signals) -> None:
    command = [sys.executable, "-c", WAITS_FOR_A_CHILD]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.send_signal(number)
        _, said = process.communicate(timeout=10)

    assert process.returncode == 128 + number
    assert said == "\nStopping.\n"
    assert not any(arguments_of(child))


def test_an_orphan_is_found_and_stopped() -> None:
    command = [sys.executable, "-c", LEAVES_A_GRANDCHILD]

    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, timeout=30)

    assert done.stdout == "['sleep 611']\n[]\n"


def test_a_web_server_that_serves_nobody_yet_is_not_waited_for() -> None:
    """Its workers, which load the application, would hear of the end only afterwards."""
    command = ["sh", "-c", "trap '' TERM; sleep 613 & wait"]
    web = start("web", command, log=None, environment=dict(os.environ), cwd=ROOT, patience_s=20)
    assert until(lambda: below(web.process.pid) != set(), within_s=10)
    everything = below(web.process.pid) | {web.process.pid}

    def stop() -> None:
        raise SystemExit(130)

    begun = time.monotonic()
    with pytest.raises(SystemExit):
        wait_until_ready(web, f"http://{LOOPBACK}:{free_port()}", meanwhile=stop)

    assert time.monotonic() - begun < web.patience_s
    assert until(lambda: living(everything) == set(), within_s=10)


def test_ctrl_c_while_the_database_is_made_is_obeyed_and_leaves_it_whole() -> None:
    """A terminal sends it to the whole group, and half a database would not start the next time."""
    with scratch() as folder:
        run = Run(folder / "var", free_port())
        try:
            assert until(lambda: any(folder.rglob("data.new")), within_s=WITHIN_S), run.said
            everything = below(run.process.pid)
            os.killpg(run.process.pid, signal.SIGINT)
            code = run.end()
            with postgres(folder / "var" / "postgres") as url, psycopg.connect(libpq_url(url)) as connection:
                alive = connection.execute("SELECT 1").fetchone()
        finally:
            run.kill()
            forget(folder / "var" / "postgres")

        assert (code, alive) == (128 + signal.SIGINT, (1,)), run.said
        assert run.said.endswith("\nStopped. The data is kept.\n")
        assert not any(folder.rglob("data.new"))
        assert living(everything) == set()


def test_continuous_integration_runs_all_of_make_test() -> None:
    script = ROOT / ".ci/run"

    assert script.stat().st_mode & 0o111 == 0o111
    assert "\nmake test </dev/null &\n" in script.read_text()
    assert Path(ROOT / "Makefile").read_text().count("-m dev.test ") == 1
