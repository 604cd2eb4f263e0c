"""`make test`: every check, then every test, on fresh servers; `python -m dev.test [pytest's arguments]`."""

import sys
from collections.abc import Sequence

from dev import sec_check
from dev.check import failed_checks
from dev.orphans import adopt_orphans, stop_orphans
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
        status = run_pytest([*sec_check.PLUGIN, *arguments], signals)
        failed += [] if status == 0 else [f"tests: pytest ended with status {status}"]
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
