"""A care record and its form, at noon of the last day of a month."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app import clock
from tests.care_world import NOON, write_care, write_form


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.set_to(NOON):
        yield


@pytest.fixture
def form(session: Session) -> UUID:
    """Give a form for the elderly."""
    return write_form(session)


@pytest.fixture
def record(session: Session) -> UUID:
    """Give the care record of an elderly woman, whom ``worker`` looks after every seven days."""
    return write_care(session)
