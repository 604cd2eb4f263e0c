"""Somebody of working age, on the last day of January 2027."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app import clock
from tests.care_world import NOON
from tests.work_world import write_adult


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.set_to(NOON):
        yield


@pytest.fixture
def adult(session: Session) -> UUID:
    """Give somebody of 36 years, in 1单元101 of the block."""
    return write_adult(session)
