"""Grants of the same role in the same area, before and after an account could have one at a time only."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_sealing_rows import row, write, write_user

BEFORE, AFTER = "20261201_0400", "20261201_0401"


def test_of_those_in_force_the_one_that_lasts_longest_stays(at: At) -> None:
    connection = at(BEFORE)
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    user = write_user(connection, old_password_hashes="[]")
    common = {"user_id": user, "role": "grid_worker", "content_hash": b"", "created_at": "2020-01-01"}

    def given(valid_from: str, valid_until: str | None, area_code: str = "421224100001") -> UUID:
        span = {"valid_from": valid_from, "valid_until": valid_until, "area_code": area_code}
        return write(connection, "grants", **common, **span)

    over = given("2020-01-01", "2021-01-01")
    short, coming = given("2020-01-01", "2098-01-01"), given("2097-01-01", None)
    kept, elsewhere = given("2020-02-01", "2099-01-01"), given("2020-01-01", None, "421224100002")
    connection.commit()
    to(connection, AFTER)

    ended = {
        one: row(connection, "grants", one)["ended_at"] for one in (over, short, coming, kept, elsewhere)
    }
    assert [one for one, at_all in ended.items() if at_all is None] == [kept, elsewhere]
    assert ended[over].year == 2021
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    with pytest.raises(IntegrityError, match="uq_grants_open"), connection.begin_nested():
        given("2020-01-01", None)
    connection.rollback()
    back_to(connection, BEFORE)
    given_again = text("SELECT count(*) FROM pg_indexes WHERE indexname = 'uq_grants_open'")
    assert connection.scalar(given_again) == 0
