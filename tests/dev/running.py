"""`python -m dev.run` as a process, in a folder of its own, and what it says."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from dev.servers.child import arguments_of
from dev.var import ROOT
from tests.processes import children, until

WITHIN_S = 300
"""A seed and a start, on a machine with much else to do."""
UP = "Ctrl-C stops everything"
_ADDRESS = re.compile(r"^    Address    http://127\.0\.0\.1:(\d+)$", re.MULTILINE)
_WECHAT = re.compile(r"^    WeChat     (http://127\.0\.0\.1:\d+)  made up", re.MULTILINE)
_LEFT_OUT = ("GONGDI_", "DATABASE_", "REDIS_", "WECHAT")
PARTS = {
    "The web server": "gunicorn",
    "The scheduler": "app.jobs",
    "PostgreSQL": "postgres",
    "Valkey": "valkey-server",
    "The made-up WeChat": "tests.fakes.wechat",
}
"""What dev.run calls what it watches, and a word of its command line."""


class Run:
    """A `dev.run` that was started with some arguments."""

    def __init__(
        self, var: Path, port: int, *arguments: str, name: str = "run", more: Mapping[str, str] | None = None
    ) -> None:
        """Start it, with ``more`` in its environment; what it says goes into a file beside its folder."""
        self.cpu_s: float | None = None
        self.output = var.with_name(f"{name}.out")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dev.run", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment({"GONGDI_VAR": str(var), "GONGDI_PORT": str(port), **(more or {})}),
                cwd=ROOT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """Give what it said so far."""
        return self.output.read_text()

    @property
    def wechat(self) -> str:
        """Give the address of the made-up WeChat that it says."""
        found = _WECHAT.search(self.said)
        assert found is not None, self.said
        return found[1]

    @property
    def port(self) -> int:
        """Give the port of the address that it says."""
        found = _ADDRESS.search(self.said)
        assert found is not None, self.said
        return int(found[1])

    def wait_until_up(self) -> None:
        """Wait until it says that everything runs."""
        until(lambda: UP in self.said or self.process.poll() is not None, within_s=WITHIN_S)
        assert UP in self.said, self.said

    def part(self, name: str) -> int:
        """Give the process of one of the parts: the one that `dev.run` started itself."""
        found = [pid for pid in children(self.process.pid) if PARTS[name] in " ".join(arguments_of(pid)[:4])]
        assert len(found) == 1, (name, found)
        return found[0]

    def end(self) -> int:
        """Wait for its end and count what it spent; give its exit code."""
        if self.process.returncode is None:
            assert until(self._has_ended, within_s=WITHIN_S), self.said
        code: int = self.process.returncode
        return code

    def _has_ended(self) -> bool:
        """Look whether it ended, and note the CPU seconds of it and all it waited for: its servers too."""
        pid, status, used = os.wait4(self.process.pid, os.WNOHANG)
        if pid:
            self.process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu_s = used.ru_utime + used.ru_stime
        return bool(pid)

    def kill(self) -> None:
        """Make sure that it and all it started are gone, gently first."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(WITHIN_S)
            finally:
                self.process.kill()  # then Linux ends what it started


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
    return {**kept, "GONGDI_WORKERS": "1", **more}
