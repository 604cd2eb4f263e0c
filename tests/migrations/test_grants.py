"""Grants of the same role in the same area, before and after an account could have one at a time only."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_sealing_rows import row, write, write_user

BEFORE, AFTER = "20261201_0400", "20261201_0401"


def test_nobody_loses_what_he_may_and_terms_follow_each_other(at: At) -> None:
    connection = at(BEFORE)
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    user = write_user(connection, old_password_hashes="[]")
    common = {"user_id": user, "role": "grid_worker", "content_hash": b"", "created_at": "2020-01-01"}

    def given(valid_from: str, valid_until: str | None, area_code: str = "421224100001") -> UUID:
        span = {"valid_from": valid_from, "valid_until": valid_until, "area_code": area_code}
        return write(connection, "grants", **common, **span)

    inside, short = given("2020-01-01", "2021-01-01"), given("2020-01-01", "2098-01-01")
    twin, coming = given("2020-01-01", "2098-01-01"), given("2097-01-01", None)
    elsewhere = given("2020-01-01", None, "421224100002")
    connection.commit()
    to(connection, AFTER)

    grants = {one: row(connection, "grants", one) for one in (inside, short, twin, coming, elsewhere)}
    assert [one for one, now in grants.items() if now["ended_at"] is None] == [short, coming, elsewhere]
    assert grants[inside]["ended_at"].year == 2021
    assert [now["valid_until"] and now["valid_until"].year for now in grants.values()] == [
        2021,
        2097,
        2098,
        None,
        None,
    ]
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    with pytest.raises(IntegrityError, match="ex_grants_terms"), connection.begin_nested():
        given("2096-01-01", "2096-02-01")
    connection.rollback()
    back_to(connection, BEFORE)
    left = text("SELECT count(*) FROM pg_constraint WHERE conname = 'ex_grants_terms'")
    assert connection.scalar(left) == 0
