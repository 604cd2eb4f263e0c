"""Residents who had an account before bindings were kept: theirs is in force, and nobody else's."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_sealing_rows import row, write, write_household, write_resident, write_user

BEFORE, AFTER = "20261124_1530", "20261124_1613"


def test_every_resident_with_an_account_keeps_it_by_an_open_binding(at: At) -> None:
    connection = at(BEFORE)
    resident = write_resident(connection, write_household(connection), "2026-01-05")
    bound = write_user(connection, resident_id=resident, old_password_hashes="[]")
    unbound = write_user(connection, old_password_hashes="[]")
    before = row(connection, "users", bound)
    connection.commit()

    to(connection, AFTER)
    found = connection.execute(text("SELECT * FROM bindings")).mappings().one()

    assert dict(found) == {
        "id": found["id"],
        "area_code": "4212",
        "user_id": bound,
        "resident_id": resident,
        "way": "staff",
        "begun_at": before["created_at"],
        "begun_by": None,
        "ended_at": None,
        "ended_by": None,
        "end_reason": None,
        "end_note": "",
    }
    for user in (bound, unbound):
        with pytest.raises(IntegrityError, match=r"uq_bindings_.*_open"), connection.begin_nested():
            write(connection, "bindings", **dict(found) | {"id": unbound, "user_id": user})
    connection.commit()


def test_on_the_way_back_accounts_stay_as_they_were_and_the_notices_go(at: At) -> None:
    connection = at(BEFORE)
    resident = write_resident(connection, write_household(connection), "2026-01-05")
    bound = write_user(connection, resident_id=resident, old_password_hashes="[]")
    before = row(connection, "users", bound)
    connection.commit()
    to(connection, AFTER)
    for kind in ("binding", "harm_case"):
        write(
            connection,
            "notices",
            area_code="4212",
            user_id=bound,
            kind=kind,
            data="{}",
            created_at="2026-01-05",
        )
    connection.commit()

    back_to(connection, BEFORE)

    assert row(connection, "users", bound) == before
    assert connection.execute(text("SELECT kind FROM notices")).scalars().all() == ["harm_case"]
