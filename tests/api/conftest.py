"""What tests of several resources share."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.api.http.limits import limiter
from app.config import Settings
from app.db import db
from app.factory import create_app


@pytest.fixture
def address() -> str:
    """Give a network address nobody used before, so that no limit of another test is near."""
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


@pytest.fixture
def app_with(app: Flask, settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make applications with other settings beside the usual one.

    The limiter is one for the process and belongs to the application made last: it is given back afterwards.
    """
    assert app is not None, "made first, so that there is a limiter to give back"
    kept, made = dict(vars(limiter)), []

    def make(**changes: Any) -> Flask:
        made.append(create_app(replace(settings, **changes)))
        return made[-1]

    yield make
    for one in made:
        with one.app_context():
            db.engine.dispose()
    vars(limiter).clear()
    vars(limiter).update(kept)
