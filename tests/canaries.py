"""What must never be seen again: phones, numbers, passwords, tokens and codes that tests send or are given.

A pytest plugin. `make test` names a folder; every worker leaves there what it used, what was logged and the
bodies of refusals, and `dev.canaries` searches everything when the tests are over. Without a folder nothing
is kept.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from dev.canaries import FOLDER, Canaries, may_be_guessed, secret_in

_seen = Canaries()
_refusals: list[bytes] = []
_FULL = 1000


def folder() -> Path | None:
    """Say where this run keeps what it saw, if it does."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else None


def look_at(body: Any, *, sent: bool, refused: bool = False, path: str = "") -> None:
    """Keep what the body of a call of ``path`` holds of phones, numbers, passwords, tokens and codes.

    A password or code to type that was refused is nobody's: many are the first that anybody would try. Only
    what was ``sent`` in the open is no secret: what an answer shows there may be the very leak looked for.
    """
    if folder() is None:
        return
    if isinstance(body, Mapping):
        for name, value in body.items():
            look_at(name, sent=sent)
            found = secret_in(name, value, path)
            if found is None:
                look_at(value, sent=sent, refused=refused, path=path)
            elif not (refused and may_be_guessed(found[0])):
                _seen.add(*found)
    elif isinstance(body, list):
        for one in body:
            look_at(one, sent=sent, refused=refused, path=path)
    elif isinstance(body, str) and sent:
        _seen.tell(body)


def look_at_address(address: str) -> None:
    """Keep what the query of an address holds, such as the code with which a browser comes from WeChat."""
    parts = urlsplit(address)
    look_at(dict(parse_qsl(parts.query)), sent=False, path=parts.path)


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
