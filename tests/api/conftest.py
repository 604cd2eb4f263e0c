"""What tests of several resources share."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.api.http.limits import limiter
from app.config import Settings
from app.db import db
from app.factory import create_app
from app.models import Hazard, HazardLevel, HazardSource, Unit
from tests.hazard_world import of_item, write_checklist, write_hazard, write_unit


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


@pytest.fixture
def unit(session: Session) -> Unit:
    """Give the unit of ``worker`` and ``colleague``."""
    return write_unit(session)


@pytest.fixture
def major(session: Session) -> Hazard:
    """Give what an inspection found broken of an item that is major."""
    of = of_item(write_checklist(session), 2)
    return write_hazard(
        session, source=HazardSource.INSPECTION, level=HazardLevel.MAJOR, reported_by=None, **of
    )
