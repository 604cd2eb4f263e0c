"""Rechecks and work that came too late, where there is no step of their own for them any more."""

from sqlalchemy import Connection, text

from app.ids import new_id
from tests.migrations.conftest import At, back_to
from tests.migrations.test_sealing_rows import write

BEFORE, AFTER = "20261204_0500", "20261204_0900"


def add(connection: Connection, number: int, step: str, data: str) -> None:
    """Write an event of a hazard that is not there, past the trigger that asks for it."""
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    write(
        connection,
        "hazard_events",
        area_code="421224100001",
        hazard_id=new_id(),
        number=number,
        step=step,
        status_after="rectified",
        at="2026-11-03T12:00:00Z",
        note="",
        data=data,
        content_hash=b"",
    )


def steps(connection: Connection) -> list[str]:
    """Give the steps of all events in their order."""
    found = list(connection.scalars(text("SELECT step FROM hazard_events ORDER BY number")))
    connection.rollback()
    return found


def test_a_late_recheck_is_a_recheck_again_on_the_way_back(at: At) -> None:
    connection = at(AFTER)
    found_again = '{"found_again_at": "2026-11-02T12:00:00Z"}'
    for number, (step, data) in enumerate(
        [("rectify", "{}"), ("recheck_late", found_again), ("verify", "{}")]
    ):
        add(connection, number, step, data)
    connection.commit()

    back_to(connection, BEFORE)
    assert steps(connection) == ["rectify", "verify", "verify"]


def test_late_work_is_the_start_or_work_that_it_was_on_the_way_back(at: At) -> None:
    connection = at("20261210_1101")
    for number, (step, data) in enumerate(
        [("rectify", "{}"), ("work_late", '{"verb": "start"}'), ("work_late", '{"verb": "rectify"}')]
    ):
        add(connection, number, step, data)
    connection.commit()

    back_to(connection, "20261210_1001")
    assert steps(connection) == ["rectify", "start", "rectify"]
