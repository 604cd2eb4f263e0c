"""Rows of the seed: what a table does not have is refused, not dropped."""

import pytest
from sqlalchemy.orm import Session

from app.cli.seed.rows import Rows
from app.models import Area


@pytest.mark.parametrize(
    "told, message",
    [
        ([{"nick": "x"}], r"areas has no columns \['nick'\]"),
        ([{}, {"parent_code": None}], "areas: rows of different columns"),
    ],
    ids=["unknown", "different"],
)
def test_columns_that_do_not_fit_are_refused(
    session: Session, told: list[dict[str, object]], message: str
) -> None:
    rows = Rows()
    for number, more in enumerate(told):
        rows.add(Area, code=f"99{number:02}", name="某市", level="city", **more)

    with pytest.raises(AssertionError, match=message):
        rows.write(session, Area)
