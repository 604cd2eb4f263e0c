import pytest
from sqlalchemy.orm import Session

from tests.care_world import move_in


@pytest.fixture(params=["lives elsewhere", "bound as a resident"])
def colleague_of_any_home(session: Session, request: pytest.FixtureRequest) -> None:
    """Let the colleague be bound to a resident or not: by neither he reads less for his post."""
    if request.param == "bound as a resident":
        move_in(session, "colleague")
