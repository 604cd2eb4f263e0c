"""Run one of the application's commands on the data in var/: `python -m dev.command seed`.

Joins the running instance if there is one, else starts the servers for as long as the command takes.
"""

import contextlib
import sys
from collections.abc import Sequence

from dev.app_command import status_of
from dev.data import start_data
from dev.instance import claimed, running
from dev.signals import StopSignals
from dev.trouble import MachineError
from dev.var import prepared

NO_ADDRESS = "http://127.0.0.1:8000"  # nothing is served meanwhile; the settings want an address


def main(arguments: Sequence[str]) -> int:
    """Return the command's own status; 1 with the reason if it could not be run."""
    signals = StopSignals()
    try:
        prepared()
        instance = running()
        if instance is not None and instance.address:
            return status_of(arguments, instance.settings, signals)
        with claimed(), contextlib.ExitStack() as started:
            data = start_data(started, signals, public_url=NO_ADDRESS)
            return status_of(arguments, data.settings, signals)
    except MachineError as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
