"""pytest in processes of its own, on fresh servers."""

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

from dev.servers import Servers, scratch_servers, start
from dev.settings import environment
from dev.signals import StopSignals
from dev.var import ROOT

PROCESSES = "2"


def run_pytest(
    arguments: Sequence[str],
    signals: StopSignals,
    *,
    variables: Mapping[str, str] | None = None,
    afterwards: Callable[[Servers], None] = lambda _: None,
) -> int:
    """Run pytest on servers of its own, do what comes `afterwards` while they run; return its status."""
    processes = os.environ.get("GONGDI_TEST_PROCESSES") or PROCESSES
    command = [sys.executable, "-m", "pytest", "-n", processes, *arguments]
    with scratch_servers() as servers:
        tests = start(
            "pytest",
            command,
            log=None,
            environment=environment(servers.environment() | dict(variables or {})),
            cwd=ROOT,
            farewell=(signal.SIGINT, signal.SIGTERM),  # pytest tidies up on the first
        )
        status = signals.wait_for(tests)
        afterwards(servers)
        return status
