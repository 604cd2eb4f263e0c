"""`python -m app.jobs` as a process of its own, and what it says."""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dev.settings import environment
from dev.var import ROOT
from tests.processes import until

WITHIN_S = 60
"""Far more than a start takes, also on a machine with much else to do."""


class Scheduler:
    """A scheduler that runs."""

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        """Start it; its lines go to ``log``."""
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.jobs"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment(environ),
                cwd=ROOT,
                start_new_session=True,
            )

    @property
    def events(self) -> list[dict[str, Any]]:
        """Give the events it told so far; every line it writes is one."""
        whole, _, _ = self.log.read_text().rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def told(self, event: str, **more: Any) -> list[dict[str, Any]]:
        """Give the events of a name with these values."""
        return [one for one in self.events if one.items() >= {"event": event, **more}.items()]

    def wait_for(self, *names: str, **more: Any) -> None:
        """Wait until it tells one of the events, with these values."""

        def told() -> bool:
            return any(self.told(name, **more) for name in names)

        until(lambda: told() or self.process.poll() is not None, within_s=WITHIN_S)
        assert told(), self.log.read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; give its exit code."""
        self.process.send_signal(number)
        return self.process.wait(WITHIN_S)

    def kill(self) -> None:
        """Make sure that it is gone."""
        self.process.kill()  # does nothing where it has ended
        self.process.wait()
