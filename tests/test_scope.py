"""How far a scope reaches: in Python and in SQL the same records, to the digit."""

from uuid import UUID

import pytest
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from app.actors import Scope
from app.models import Area, AreaLevel

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    "prefix, code, covered",
    [
        ("431224", "431224", True),
        ("431224", "431224100001", True),
        ("431224", "431224999999999", True),
        ("431224", "4312", False),
        ("431224", "431225100001", False),
        ("431224", "431223999999", False),
        ("431", "4310", True),
        ("431", "4319", True),
        ("431", "4320", False),
        ("4319", "4320", False),
        ("4310", "431", False),
        ("4312", "441343120001", False),
    ],
)
def test_a_scope_covers_its_own_area_and_what_lies_in_it(
    session: Session, prefix: str, code: str, *, covered: bool
) -> None:
    """S-38: neither the area above, nor one beside it, nor one that has the same digits further on."""
    scope = Scope(areas=("9", prefix))
    session.add(Area(code=code, name="这里", level=AreaLevel.GRID))
    session.flush()

    assert scope.covers(code) is covered
    found = session.scalars(select(Area.code).where(scope.clause(Area.code), Area.code == code)).all()
    assert found == ([code] if covered else [])


def test_a_household_is_covered_by_itself_only(session: Session) -> None:
    own, nobody = Scope(household_id=ONE), Scope()

    assert [own.covers("4312", one) for one in (ONE, OTHER, None)] == [True, False, False]
    assert [nobody.covers("4312", one) for one in (ONE, None)] == [False, False]
    assert session.scalars(select(literal(1)).where(nobody.clause(Area.code))).all() == []
