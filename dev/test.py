"""`make test`: every check, then every test, on fresh servers; `python -m dev.test [pytest's arguments]`."""

import os
import signal
import sys
from collections.abc import Sequence

from dev.check import failed_checks
from dev.orphans import adopt_orphans, stop_orphans
from dev.servers import scratch_servers, start
from dev.settings import environment
from dev.signals import StopSignals
from dev.trouble import MachineError
from dev.var import ROOT

PROCESSES = "2"


def main(arguments: Sequence[str]) -> int:
    """Run everything, also after a failure: pytest's closing lines come last, then what failed."""
    signals = StopSignals()
    adopt_orphans()
    try:
        failed = [f"check: {name}" for name in failed_checks(signals)]
        print("== tests", flush=True)
        failed += _failed_tests(arguments, signals)
    except MachineError as error:
        failed = [str(error)]
    finally:
        left = stop_orphans()
    failed += [f"left running, and stopped now: {command}" for command in left]
    if failed:
        print("\nFailed:\n" + "\n".join(f"  {line}" for line in failed), flush=True)
    return 1 if failed else 0


def _failed_tests(arguments: Sequence[str], signals: StopSignals) -> list[str]:
    """Run pytest on servers of its own."""
    processes = os.environ.get("GONGDI_TEST_PROCESSES") or PROCESSES
    command = [sys.executable, "-m", "pytest", "-n", processes, *arguments]
    with scratch_servers() as servers:
        tests = start(
            "pytest",
            command,
            log=None,
            environment=environment(servers.environment()),
            cwd=ROOT,
            farewell=(signal.SIGINT, signal.SIGTERM),  # pytest tidies up on the first
        )
        status = signals.wait_for(tests)
    return [] if status == 0 else [f"tests: pytest ended with status {status}"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
