"""`make check`: what a machine can say about the code without running it; `python -m dev.check`."""

import os
import sys
from pathlib import Path

from dev.servers import start
from dev.signals import StopSignals
from dev.var import ROOT

PYTHON = sys.executable
CHECKS: dict[str, list[str | Path]] = {
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "lint": [PYTHON, "-m", "ruff", "check", "."],
    "types": [PYTHON, "-m", "mypy"],
    "floors": [PYTHON, Path(PYTHON).with_name("lint-imports"), "--no-logo"],
    "migrations": [PYTHON, "-m", "dev.migrations"],
    "openapi": [PYTHON, "-m", "dev.openapi", "--check"],
    "pages": [PYTHON, "-m", "dev.pages", "--check"],
}


def main() -> int:
    """Run every check; return 1 if any failed."""
    failed = failed_checks(StopSignals())
    print(f"\nFailed: {', '.join(failed)}" if failed else f"\nAll {len(CHECKS)} checks passed.")
    return 1 if failed else 0


def failed_checks(signals: StopSignals) -> list[str]:
    """Run every check, also after one has failed, and return the names of those that failed."""
    failed = []
    for name, command in CHECKS.items():
        print(f"== {name}", flush=True)
        check = start(name, command, log=None, environment=os.environ, cwd=ROOT)
        if signals.wait_for(check) != 0:
            failed.append(name)
    return failed


if __name__ == "__main__":
    sys.exit(main())
