"""What a drill is: a promise tried at full size, with a figure, or with what was wrong."""

from collections.abc import Callable
from dataclasses import dataclass

Tell = Callable[[str], None]
"""Shows how far a drill is."""


class DrillFailedError(Exception):
    """The product did not keep the promise; the text says what was found instead."""


@dataclass(frozen=True)
class Drill:
    """One drill by its name; ``run`` gives the figure it prints, or raises DrillFailedError."""

    name: str
    run: Callable[[Tell], str]


def hold(kept: bool, broken: str) -> None:  # noqa: FBT001 - a promise is kept or not
    """Raise DrillFailedError unless a promise was kept."""
    if not kept:
        raise DrillFailedError(broken)
