"""A community whose points are tested."""

import pytest
from sqlalchemy.orm import Session

from tests.points_town import Town, build_town


@pytest.fixture
def town(session: Session) -> Town:
    """Give a community of two households."""
    return build_town(session)
