"""Two schedulers at once, in processes of their own that live at the moments they are told."""

import multiprocessing
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import structlog

from app.adapters import open_photos
from app.audit import AuditKeys
from app.clock import set_to
from app.config import Settings
from app.db import engine_for
from app.jobs.alone import alone
from app.jobs.work import Means
from app.sealing import Sealer
from app.workdays import WorkCalendar
from dev.drills.drill import DrillFailedError, hold

Job = Callable[[Means], int]
_PATIENCE_S = 120
_SERIOUS = {"error", "exception", "critical"}


class Schedulers:
    """Both, and how much each has done."""

    def __init__(self, lines: list[Connection]) -> None:
        """Talk to them by these lines."""
        self._lines, self._ticks = lines, 0
        self.done = [Counter[str]() for _ in lines]

    @property
    def ticks(self) -> int:
        """Say at how many moments they ran."""
        return self._ticks

    def tick(self, at: datetime) -> None:
        """Let both run their jobs at a moment, at once; two times of three without the lock of a job.

        Now and then the second goes through the jobs from the last to the first, so that both have work.
        """
        self._ticks += 1
        locked = self._ticks % 3 == 0
        for number, line in enumerate(self._lines):
            line.send((at, locked, number == 1 and self._ticks % 4 == 0))
        for number, line in enumerate(self._lines):
            hold(line.poll(_PATIENCE_S), f"scheduler {number} did not come to an end at {at}")
            try:
                done, faults = line.recv()
            except EOFError:
                raise DrillFailedError(f"scheduler {number} died at {at}") from None
            hold(not faults, f"scheduler {number} at {at}: {faults}")
            self.done[number].update(done)


@contextmanager
def two_schedulers(variables: Mapping[str, str], jobs: Sequence[Job]) -> Iterator[Schedulers]:
    """Start both, and end them; they run these jobs."""
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(2)
    lines, processes = [], []
    try:
        for _ in range(2):
            ours, theirs = context.Pipe()
            process = context.Process(target=_live, args=(dict(variables), jobs, theirs, gate), daemon=True)
            process.start()
            theirs.close()
            lines.append(ours)
            processes.append(process)
        yield Schedulers(lines)
    finally:
        for line in lines:
            line.close()
        for process in processes:
            process.join(_PATIENCE_S)


def _live(variables: Mapping[str, str], jobs: Sequence[Job], line: Connection, gate: Barrier) -> None:
    """Run the jobs at each moment that comes by the line, until it is closed."""
    faults: list[str] = []

    def keep(_: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if method in _SERIOUS:
            faults.append(f"{event}")
        raise structlog.DropEvent

    structlog.configure(processors=[keep])
    settings = Settings.read(variables)
    means = Means(
        engine_for(settings, connections=2),
        open_photos(settings),
        AuditKeys.of(settings),
        Sealer.of(settings),
        calendar=WorkCalendar.of(settings),
    )
    while True:
        try:
            at, locked, backwards = line.recv()
        except EOFError:
            break
        done = {}
        gate.wait(_PATIENCE_S)
        with set_to(at):
            for job in reversed(jobs) if backwards else jobs:
                try:
                    done[job.__name__] = _run(job, means, locked=locked)
                except Exception:  # noqa: BLE001 - told to whoever holds the drill
                    faults.append(traceback.format_exc())
        line.send((done, list(faults)))
        faults.clear()
    means.engine.dispose()


def _run(job: Job, means: Means, *, locked: bool) -> int:
    if not locked:
        return job(means)
    with alone(means.engine, job.__name__) as held:
        return job(means) if held else 0
