"""Guardianships of the same two people, before and after they could have one at a time only."""

from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app.ids import new_id
from tests.migrations.conftest import At, to
from tests.migrations.test_sealing_rows import write_household, write_resident, write_user

BEFORE, AFTER = "20261129_0925", "20261129_1130"


def _guardianship(
    connection: Connection, two: dict[str, UUID], valid_until: str, verified_at: str | None
) -> UUID:
    row_id = new_id()
    connection.execute(
        text(
            "INSERT INTO guardianships (id, area_code, child_id, guardian_id, relation, proof_sealed, "
            "recorded_by, created_at, valid_until, verified_at, content_hash) VALUES (:id, '4212', "
            ":child, :guardian, 'parent', '', :by, '2026-11-01', :valid_until, :verified_at, '')"
        ),
        two | {"id": row_id, "valid_until": valid_until, "verified_at": verified_at},
    )
    return row_id


def test_the_one_that_holds_longest_stays_and_no_second_comes(at: At) -> None:
    connection = at(BEFORE)
    household = write_household(connection)
    two = {
        "child": write_resident(connection, household, "2026-01-05", "grandchild"),
        "guardian": write_resident(connection, household, "2026-01-05"),
        "by": write_user(connection, old_password_hashes="[]"),
    }
    _guardianship(connection, two, "2034-01-01", None)
    kept = _guardianship(connection, two, "2033-01-01", "2026-11-02")
    _guardianship(connection, two, "2032-01-01", "2026-11-02")
    _guardianship(connection, two, "2020-01-01", "2020-01-01")
    connection.commit()

    to(connection, AFTER)

    open_ones = text("SELECT id FROM guardianships WHERE ended_at IS NULL")
    assert list(connection.scalars(open_ones)) == [kept]
    with pytest.raises(IntegrityError, match="uq_guardianships_open"), connection.begin_nested():
        _guardianship(connection, two, "2034-01-01", None)
    connection.execute(text("UPDATE guardianships SET ended_at = now()"))
    _guardianship(connection, two, "2034-01-01", None)
