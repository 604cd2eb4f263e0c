import pytest
from sqlalchemy.orm import Session

from app.models import Area, AreaLevel, Grant
from tests.care_world import move_in
from tests.cast import HOME, named

NEXT_GRID = HOME + "002"


@pytest.fixture
def next_grid(session: Session) -> str:
    """Let the colleague have a post over the other grid of the community only."""
    session.add(Area(code=NEXT_GRID, name="第二网格", level=AreaLevel.GRID, parent_code=HOME))
    session.flush()
    session.get_one(Grant, named("grant colleague")).area_code = NEXT_GRID
    session.commit()
    return NEXT_GRID


@pytest.fixture(params=["lives elsewhere", "bound as a resident"])
def colleague_of_any_home(session: Session, request: pytest.FixtureRequest) -> None:
    """Let the colleague be bound to a resident or not: by neither he reads less for his post."""
    if request.param == "bound as a resident":
        move_in(session, "colleague")
