"""The application's own commands (`python -m app.cli ...`), run to their end."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from dev.servers import Child, start
from dev.settings import environment
from dev.signals import StopSignals
from dev.trouble import MachineError
from dev.var import ROOT


def app_command(
    arguments: Sequence[str], settings: Mapping[str, str], signals: StopSignals, *, log: Path | None = None
) -> None:
    """Run one of the application's commands to its end, on our terminal or into a log.

    Raises MachineError, with the log's end, if it fails; SystemExit if we are asked to stop meanwhile.
    """
    child = _started(arguments, settings, log)
    if signals.wait_for(child) != 0:
        raise MachineError(child.obituary())


def status_of(arguments: Sequence[str], settings: Mapping[str, str], signals: StopSignals) -> int:
    """Run one of the application's commands on our terminal, which it tells what is wrong; give its status.

    Raises MachineError if it was killed; SystemExit if we are asked to stop meanwhile.
    """
    child = _started(arguments, settings, None)
    status = signals.wait_for(child)
    if status < 0:
        raise MachineError(child.obituary())
    return status


def _started(arguments: Sequence[str], settings: Mapping[str, str], log: Path | None) -> Child:
    return start(
        f"`app.cli {' '.join(arguments)}`",
        [sys.executable, "-m", "app.cli", *arguments],
        log=log,
        environment=environment(settings),
        cwd=ROOT,
    )
