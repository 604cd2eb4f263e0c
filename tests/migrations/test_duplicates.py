"""People who were entered twice, where the roster knows of no duplicates any more."""

from sqlalchemy import text

from app.ids import new_id
from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_sealing_rows import write

BEFORE, AFTER = "20261210_0101", "20261210_0200"


def test_a_duplicate_moved_out_on_the_way_back(at: At) -> None:
    connection = at(AFTER)
    stays, duplicate, home = new_id(), new_id(), new_id()
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    common = {"household_id": home, "name": "王桂兰", "sex": "female", "relation": "other"}
    common |= {"area_code": "421224100001", "birth_date": "1955-03-08", "presence": "home"}
    common |= {"content_hash": b"", "created_at": "2026-11-01T00:00:00Z"}
    write(connection, "residents", id=stays, **common)
    left = {"left_on": "2026-11-02", "left_why": "duplicate", "same_as_id": stays}
    write(connection, "residents", id=duplicate, **common, **left)
    common = {"area_code": "421224100001", "household_id": home, "data": "{}", "content_hash": b""}
    for kind in ("same_person", "two_people"):
        when = {"at": "2026-11-02T00:00:00Z", "day": "2026-11-02"}
        write(connection, "roster_changes", kind=kind, resident_id=stays, **common, **when)
    connection.commit()

    back_to(connection, BEFORE)
    found = connection.execute(text("SELECT left_why FROM residents WHERE left_on IS NOT NULL")).scalar_one()
    kinds = sorted(connection.scalars(text("SELECT kind FROM roster_changes")))
    connection.rollback()
    assert (found, kinds) == ("moved_out", ["corrected", "merged"])
    to(connection, AFTER)
