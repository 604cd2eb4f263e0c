"""`make reset`: stop what runs and delete var/, after asking; `python -m dev.reset [--yes]`."""

import argparse
import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence

from dev.instance import claimed, running
from dev.servers import forget
from dev.signals import StopSignals
from dev.trouble import MachineError
from dev.var import prepared, var_folder

STOPPED_WITHIN_S = 60
POLL_S = 0.2


def main(arguments: Sequence[str]) -> int:
    """Return 0 if the data is gone, 1 if it is kept or could not be deleted."""
    parser = argparse.ArgumentParser(prog="make reset", usage="make reset [YES=1]", allow_abbrev=False)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    asked = parser.parse_args(arguments)
    var = var_folder()
    if not var.exists():
        print(f"There is nothing to delete: {var} is not there.")
        return 0
    if not asked.yes and not _agreed(f"Delete {var}, with the demo database and all photos? [y/N] "):
        print("Nothing was deleted.")
        return 1
    signals = StopSignals()  # noted only: half a database would be worse than either
    try:
        _stop_running(signals)
        prepared()
        with claimed():
            forget(var / "postgres")
            shutil.rmtree(var)
    except MachineError as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1
    print(f"Deleted {var}. `make run` begins anew.")
    return 0


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        print("Nobody is there to ask. To delete without a question: make reset YES=1")
        return False
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except (EOFError, KeyboardInterrupt):  # Ctrl-D, Ctrl-C
        print()
        return False


def _stop_running(signals: StopSignals) -> None:
    """Ask a running instance to stop and wait for its end.

    Raises MachineError if it does not; SystemExit if we are asked to stop meanwhile.
    """
    instance = running()
    if instance is None or instance.pid == 0:
        return
    print(f"Stopping the running instance (process {instance.pid}).", flush=True)
    os.kill(instance.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOPPED_WITHIN_S
    while running() is not None:
        if time.monotonic() > deadline:
            message = f"Process {instance.pid} does not stop, so nothing was deleted."
            raise MachineError(message)
        signals.obey()
        time.sleep(POLL_S)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
