"""The API on requests that do not fit its description: refused as it says, and nothing is stored."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.api.http.limits import limiter
from app.config import Settings
from tests.api.contract_check import TAKING, checked, same_each_time, takes
from tests.api.contract_mix import as_sent, never_right, spoiled
from tests.api.contract_samples import sample_of
from tests.snapshot import Stored, stored

_EXAMPLES = 8


@pytest.fixture(scope="module")
def description(app: Flask) -> Any:
    """Give the API's description, read once."""
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


def _kept(connection: Connection, photo_dir: Path) -> tuple[Stored, set[Path]]:
    """Give what is stored: the rows, and the names of the photo folder's files."""
    return stored(connection), {file for file in photo_dir.rglob("*") if file.is_file()}


@pytest.mark.parametrize("method, path", TAKING)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    app: Flask,
    connection: Connection,
    session: Session,
    settings: Settings,
    description: Any,
    method: str,
    path: str,
) -> None:
    """S-119: wrong types, missing and unknown fields, in requests that are otherwise right."""
    sample = sample_of(app, session, method, path)
    operation = description[path][method]
    before = _kept(connection, settings.photo_dir)

    def status_of(parts: dict[str, Any]) -> int:
        """Call it and take back what it did, but for the file of a photo that was right after all."""
        nonlocal before
        with connection.begin_nested() as again:
            status = checked(operation.Case(**parts), sample.who)
            if status >= 400:
                assert _kept(connection, settings.photo_dir) == before
            again.rollback()
        if status < 400:
            before = _kept(connection, settings.photo_dir)
        return status

    @same_each_time(_EXAMPLES)
    @given(
        generated=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        choose=st.randoms(use_true_random=False),
    )
    def call(generated: Any, choose: Random) -> None:
        status_of(spoiled(sample, generated, choose))

    limiter.reset()
    taken = {what for what in ("path", "query", "body") if takes(method, path, what)}
    for wrong in never_right(sample, taken):
        assert 400 <= status_of(as_sent(wrong, operation)) < 500, wrong
    call()
