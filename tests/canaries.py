"""What must never be seen again: phones, numbers, passwords and tokens that tests send or are given.

A pytest plugin. `make test` names a folder; every worker leaves there what it used, what was logged and the
bodies of refusals, and `dev.canaries` searches everything when the tests are over. Without a folder nothing
is kept.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dev.canaries import FOLDER, Canaries, kind_of

_seen = Canaries()
_refusals: list[bytes] = []
_FULL = 1000


def folder() -> Path | None:
    """Say where this run keeps what it saw, if it does."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else None


def look_at(body: Any, *, sent: bool, refused: bool = False) -> None:
    """Keep what a body holds of phones, numbers, passwords and tokens.

    A password that was refused is nobody's: many of them are the first words anybody would try. Only what was
    ``sent`` in the open is no secret: what an answer shows there may be the very leak that is looked for.
    """
    if folder() is None:
        return
    if isinstance(body, Mapping):
        for name, value in body.items():
            look_at(name, sent=sent)
            kind = kind_of(name, value)
            if kind is None:
                look_at(value, sent=sent, refused=refused)
            elif not (refused and "password" in kind):
                _seen.add(kind, value)
    elif isinstance(body, list):
        for one in body:
            look_at(one, sent=sent, refused=refused)
    elif isinstance(body, str) and sent:
        _seen.tell(body)


def keep_refusal(body: bytes) -> None:
    """Keep the body of a refusal."""
    if folder() is not None:
        _refusals.append(body)
        if len(_refusals) >= _FULL:
            _write_refusals()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what a test logged."""
    place = folder()
    if place is not None and report.when is not None:
        for name, text in report.sections:
            if "Captured" in name:
                _append(place / f"log-{os.getpid()}.txt", text.encode(errors="replace"))


def pytest_sessionfinish() -> None:
    """Write down what this process saw."""
    place = folder()
    if place is not None:
        _write_refusals()
        _seen.write(place / f"seen-{os.getpid()}.json")


def _write_refusals() -> None:
    place = folder()
    if place is not None and _refusals:
        _append(place / f"refusals-{os.getpid()}.txt", b"\n".join(_refusals))
        _refusals.clear()


def _append(file: Path, more: bytes) -> None:
    with file.open("ab") as writing:
        writing.write(more + b"\n")
