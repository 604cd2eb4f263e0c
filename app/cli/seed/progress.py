"""How far the seed has come: a bar on a terminal, a plain line for each step anywhere else."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Tell = Callable[[str, float], None]
"""Says which step is under way, and how much of the whole was just done."""
_FINE = 1000
"""Parts of the bar."""


@contextmanager
def progress() -> Iterator[Tell]:
    """Give a function to tell of the work; what it is told adds up to 1."""
    if sys.stdout.isatty():
        with _bar() as tell:
            yield tell
    else:
        lines = _Lines()
        yield lines.tell
        lines.end()


@contextmanager
def _bar() -> Iterator[Tell]:
    done = 0.0
    with click.progressbar(
        length=_FINE, label="Seeding", item_show_func=lambda step: step or "", fill_char="█", empty_char="░"
    ) as bar:

        def tell(step: str, share: float) -> None:
            nonlocal done
            before, done = round(done * _FINE), done + share
            bar.update(round(done * _FINE) - before, step)

        yield tell


class _Lines:
    """A line for each step when it is over, with the seconds it took."""

    def __init__(self) -> None:
        self._step = ""
        self._begun = time.monotonic()

    def tell(self, step: str, _share: float) -> None:
        """Note that a step goes on; the one before is over."""
        if step != self._step:
            self.end()
            self._step = step

    def end(self) -> None:
        """Say how long the last step took."""
        now = time.monotonic()
        if self._step:
            click.echo(f"  {self._step:<16}{now - self._begun:6.1f} s")
        self._begun = now
