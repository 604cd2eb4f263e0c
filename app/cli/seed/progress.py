"""How far the seed has come: a bar on a terminal, a plain line for each step anywhere else."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Tell = Callable[[str, int], None]
"""Says what is done, and how much of the whole it was."""


@contextmanager
def progress(whole: int) -> Iterator[Tell]:
    """Give a function to tell of each step; the figures add up to ``whole``."""
    if not sys.stdout.isatty():
        yield _lines()
        return
    with click.progressbar(
        length=whole, label="Seeding", item_show_func=lambda step: step or "", fill_char="█", empty_char="░"
    ) as bar:
        yield lambda step, share: bar.update(share, step)


def _lines() -> Tell:
    begun = time.monotonic()

    def tell(step: str, _share: int) -> None:
        nonlocal begun
        now = time.monotonic()
        click.echo(f"  {step:<16}{now - begun:6.1f} s")
        begun = now

    return tell
