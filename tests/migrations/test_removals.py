"""What people had removed, before and after it was numbered."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app.ids import new_id
from tests.migrations.conftest import At, back_to, to

BEFORE, AFTER = "20261129_2055", "20261129_2110"
INSERT = text(
    "INSERT INTO removals (id, at, what, row_id, facts, copied_at) "
    "VALUES (:id, now(), 'users.phone', :row, '{\"a\": \"b\"}', now())"
)


def test_what_was_copied_before_or_by_older_code_after_is_numbered(at: At) -> None:
    """S-81: an older list has no numbers, so nothing counts as copied, whoever copies while it migrates."""
    connection = at(BEFORE)
    connection.execute(INSERT, {"id": new_id(), "row": new_id()})
    connection.commit()
    to(connection, AFTER)
    connection.execute(INSERT, {"id": new_id(), "row": new_id()})
    change_to(connection, "copied_at = now() + interval '1 second'")
    left = connection.execute(text("SELECT number FROM removals WHERE number IS NULL")).all()
    one = "(SELECT count(*) FROM removals AS other WHERE other.id <= removals.id)"
    change_to(connection, f"number = {one}, copied_at = now() + interval '2 seconds'")

    assert left == [(None,), (None,)]
    assert connection.scalars(text("SELECT number FROM removals ORDER BY number")).all() == [1, 2]


def test_the_way_back_is_refused_as_long_as_anything_was_removed(at: At) -> None:
    """S-81: older code would forget what it was; an empty table has nothing to forget."""
    connection = at(AFTER)
    back_to(connection, BEFORE)
    to(connection, AFTER)
    connection.execute(INSERT, {"id": new_id(), "row": new_id()})
    connection.commit()
    with pytest.raises(RuntimeError, match="the table removals has rows"):
        back_to(connection, BEFORE)


@pytest.mark.parametrize(
    "first, change, is_refused",
    [
        ("copied_at = now(), number = 1", "number = 2", True),
        ("copied_at = now(), number = 1", "number = NULL", True),
        ("copied_at = now(), number = 1", "copied_at = NULL", True),
        ("copied_at = now(), number = 1", "what = 'photos'", True),
        ("copied_at = now(), number = 1", 'facts = \'{"a": "c"}\'', True),
        ("number = NULL", "facts = '{}'", True),
        ("copied_at = now()", "facts = '{}'", True),
        ("copied_at = now()", "copied_at = now() + interval '1 second', number = 1", False),
        ("copied_at = now(), number = 1", "facts = '{}'", False),
        ("number = NULL", "copied_at = now(), number = 1", False),
    ],
)
def test_nobody_rewrites_what_was_removed(at: At, first: str, change: str, *, is_refused: bool) -> None:
    """S-81, S-101: numbered and copied once, emptied after that, and never anything else."""
    connection = at(AFTER)
    connection.execute(
        text(
            "INSERT INTO removals (id, at, what, row_id, facts) "
            "VALUES (:id, now(), 'users.phone', :row, '{\"a\": \"b\"}')"
        ),
        {"id": new_id(), "row": new_id()},
    )
    change_to(connection, first)
    connection.commit()
    if is_refused:
        with pytest.raises(IntegrityError, match="numbered and copied once"):
            change_to(connection, change)
    else:
        change_to(connection, change)


def change_to(connection: Connection, values: str) -> None:
    connection.execute(text(f"UPDATE removals SET {values}"))  # noqa: S608 - a word of this file
