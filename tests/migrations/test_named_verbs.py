"""Codes are counted from where they were, and steps with accounts stay as they were written."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.ids import new_id
from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_sealing_rows import write, write_household, write_user

BEFORE, AFTER = "20261124_1613", "20261124_1945"
MOMENT = "2026-01-05"


def test_a_household_with_a_code_has_its_first(at: At) -> None:
    connection = at(BEFORE)
    household, user = write_household(connection), write_user(connection, old_password_hashes="[]")
    write(
        connection,
        "binding_codes",
        household_id=household,
        area_code="4212",
        handle="1" * 8,
        secret_sealed=b"sealed",
        made_at=MOMENT,
        made_by=user,
    )
    connection.commit()

    to(connection, AFTER)

    assert connection.scalar(text("SELECT version FROM binding_codes")) == 1
    connection.commit()
    back_to(connection, BEFORE)
    assert connection.scalar(text("SELECT handle FROM binding_codes")) == "1" * 8


@pytest.mark.parametrize("change", ["UPDATE account_events SET note = 'x'", "DELETE FROM account_events"])
def test_a_step_with_an_account_is_not_changed_afterwards(at: At, change: str) -> None:
    connection = at(AFTER)
    write_household(connection)  # and its area
    user = write_user(connection, old_password_hashes="[]")
    write(
        connection,
        "account_events",
        id=new_id(),
        area_code="4212",
        user_id=user,
        step="disable",
        at=MOMENT,
        note="",
        content_hash=b"",
    )
    connection.commit()

    with pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(change))
    connection.rollback()
