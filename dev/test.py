"""`make test`: every check, then every test, on fresh servers; `python -m dev.test [pytest's arguments]`."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dev import canaries, sec_check
from dev.check import failed_checks
from dev.orphans import adopt_orphans, stop_orphans
from dev.servers import Servers
from dev.signals import StopSignals
from dev.testing import run_pytest
from dev.trouble import MachineError


def main(arguments: Sequence[str]) -> int:
    """Run everything, also after a failure: how the security requirements stand, then what failed.

    With arguments that choose tests, nothing can be said about the requirements.
    """
    signals = StopSignals()
    adopt_orphans()
    try:
        failed = [f"check: {name}" for name in failed_checks(signals)]
        print("== tests", flush=True)
        failed += _run_tests(arguments, signals)
        if not arguments:
            print("== sec-check", flush=True)
            failed += sec_check.report(sec_check.read_outcomes())
    except MachineError as error:
        failed = [str(error)]
    finally:
        left = stop_orphans()
    failed += [f"left running, and stopped now: {command}" for command in left]
    if failed:
        print("\nFailed:\n" + "\n".join(f"  {line}" for line in failed), flush=True)
    return 1 if failed else 0


def _run_tests(arguments: Sequence[str], signals: StopSignals) -> list[str]:
    """Run the tests, search what they left for secrets of people, and say what is wrong."""
    seen: list[str] = []
    with tempfile.TemporaryDirectory(prefix="gongdi-canaries-") as folder:

        def look(servers: Servers) -> None:
            print("== canaries", flush=True)
            seen.extend(canaries.search(servers, Path(folder)))

        status = run_pytest(
            [*sec_check.PLUGIN, "-p", "tests.canaries", *arguments],
            signals,
            variables={canaries.FOLDER: folder},
            afterwards=(lambda _: None) if arguments else look,
        )
    wrong = [] if status == 0 else [f"tests: pytest ended with status {status}"]
    return wrong + [f"canaries: {line}" for line in seen]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
