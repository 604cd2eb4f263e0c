"""Orders get two keys without being read for them."""

from sqlalchemy import Connection, text

from app.ids import new_id
from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_sealing_rows import row, write

BEFORE, AFTER = "20261130_0040", "20261130_0110"
SCANS = text("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'redemptions'")
KEYS = text(
    "SELECT conname, convalidated FROM pg_constraint WHERE conrelid = to_regclass('redemptions') "
    "AND conname LIKE 'fk_redemptions_pickup%' ORDER BY conname"
)


def scans(connection: Connection) -> int:
    """Give how often the orders were read from end to end."""
    connection.execute(text("SELECT pg_stat_force_next_flush()"))
    connection.commit()
    found: int = connection.scalar(SCANS)
    connection.rollback()
    return found


def test_orders_are_not_read_while_nobody_may_write_accounts(at: At) -> None:
    """Else everybody who signs in would wait for as long as that takes."""
    connection = at(BEFORE)
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    order = write(
        connection,
        "redemptions",
        area_code="421224100001",
        household_id=new_id(),
        reward_id=new_id(),
        quantity=1,
        points=3,
        status="held",
        content_hash=b"",
        made_by=new_id(),
        made_at="2026-11-01T12:00:00Z",
        pickup_version=0,
    )
    connection.commit()
    before = scans(connection)
    to(connection, AFTER)

    assert scans(connection) == before
    kept = row(connection, "redemptions", order)
    assert (kept["pickup_by"], kept["pickup_for"]) == (None, None)
    assert connection.execute(KEYS).all() == [
        ("fk_redemptions_pickup_by", True),
        ("fk_redemptions_pickup_for", True),
    ]
    connection.rollback()
    back_to(connection, BEFORE)
    assert connection.execute(KEYS).all() == []
