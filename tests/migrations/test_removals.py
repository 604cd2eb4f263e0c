"""What people had removed, before and after it was numbered."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app.clock import now
from app.ids import new_id
from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_sealing_rows import write, write_household, write_resident, write_user

BEFORE, AFTER, NAMED = "20261129_2055", "20261129_2110", "20261130_0040"
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


@pytest.mark.parametrize(
    "version, number, days, is_refused",
    [
        (AFTER, None, 91, True),
        (NAMED, None, 89, True),
        (NAMED, None, 91, False),
        (NAMED, 1, 1, False),
    ],
)
def test_facts_are_emptied_when_they_are_listed_or_no_backup_is_that_old(
    at: At, version: str, number: int | None, days: int, *, is_refused: bool
) -> None:
    """S-81: where there is no list, nothing was ever numbered, and they would stay for good."""
    connection = at(version)
    write(
        connection,
        "removals",
        at=now() - timedelta(days=days),
        what="users.phone",
        row_id=new_id(),
        facts='{"a": "b"}',
        number=number,
    )
    connection.commit()
    if is_refused:
        with pytest.raises(IntegrityError, match="numbered and copied once"):
            change_to(connection, "facts = '{}'")
    else:
        change_to(connection, "facts = '{}'")
        with pytest.raises(IntegrityError, match="numbered and copied once"):
            change_to(connection, 'facts = \'{"a": "b"}\'')


def test_the_end_of_a_proxy_names_whose_it_was(at: At) -> None:
    """S-81: so that what is about the same people waits for it; and no more on the way back."""
    connection = at(AFTER)
    resident = write_resident(connection, write_household(connection), "2026-01-05")
    user = write_user(connection, old_password_hashes="[]")
    connection.commit()
    told = []
    for go, version in ((to, AFTER), (to, NAMED), (back_to, AFTER)):
        go(connection, version)
        proxy = write_proxy(connection, resident, user)
        over = "UPDATE proxies SET state = 'ended', ended_at = now(), end_reason = 'admin' WHERE id = :id"
        connection.execute(text(over), {"id": proxy})
        facts = connection.scalar(text("SELECT facts FROM removals WHERE row_id = :id"), {"id": proxy})
        connection.execute(text("ALTER TABLE removals DISABLE TRIGGER removals_kept"))
        connection.execute(text("DELETE FROM removals"))
        connection.execute(text("ALTER TABLE removals ENABLE TRIGGER removals_kept"))
        connection.commit()
        told.append(facts)
    before = {"ended_by": None, "end_reason": "admin"}

    assert told == [before, before | {"user_id": str(user), "resident_id": str(resident)}, before]


def write_proxy(connection: Connection, resident: UUID, user: UUID) -> UUID:
    """Let somebody ask to act for a resident."""
    return write(
        connection,
        "proxies",
        area_code="4212",
        resident_id=resident,
        user_id=user,
        relation="other",
        functions='["see"]',
        valid_until="2026-12-31",
        consent="",
        asked_by=user,
        asked_at="2026-01-05",
        content_hash=b"",
        state="asked",
    )


def change_to(connection: Connection, values: str) -> None:
    connection.execute(text(f"UPDATE removals SET {values}"))  # noqa: S608 - a word of this file
