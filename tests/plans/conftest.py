import pytest
from sqlalchemy.orm import Session

from app.models import Area, AreaLevel, Grant
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
