"""What tests of a worker's month share."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.clock import set_to
from app.models import (
    Checklist,
)
from tests.care_world import write_form
from tests.months_world import (
    NOW,
    Patrol,
)


@pytest.fixture(autouse=True)
def at_the_talk() -> Iterator[None]:
    """Let it be the fifth of January."""
    with set_to(NOW):
        yield


@pytest.fixture
def patrol(session: Session, checklist: Checklist) -> Patrol:
    """Give whoever writes occurrences."""
    return Patrol(session, checklist)


@pytest.fixture
def form(session: Session) -> UUID:
    """Give a form."""
    return write_form(session)
