"""Steps of claims from before closing took numbers out of them."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from app.ids import new_id
from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_lock_waits import wait_for_lock
from tests.migrations.test_sealing_rows import row, write

BEFORE, AFTER = "20261130_0110", "20261130_0120"
MARK, NOON = "［号码已删］", "2026-11-01T12:00:00Z"
TOLD = "打13800700001或12013800700001，证号00000019550307102X"
COMMON = {"area_code": "421224100001", "content_hash": b"", "points": 2}


def write_step(connection: Connection, user_id: UUID, resident_id: UUID | None = None) -> UUID:
    """Write a claim that somebody sent, and the step by which he did; the rest of the world is left out."""
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    claim = write(
        connection,
        "claims",
        **COMMON,
        household_id=new_id(),
        resident_id=resident_id or new_id(),
        rule_id=new_id(),
        text="",
        status="submitted",
        submitted_by=user_id,
        captured_at=NOON,
        received_at=NOON,
        clock_flag="ok",
    )
    step = {"number": 1, "step": "submit", "status_after": "submitted", "at": NOON, "note": TOLD}
    return write(connection, "claim_events", **COMMON, claim_id=claim, actor_id=user_id, **step)


def write_closing(connection: Connection, user_id: UUID) -> None:
    """Write that an account was closed."""
    times = dict.fromkeys(("asked_at", "carry_out_at", "due_at", "begun_at", "ended_at"), "2026-11-08")
    which = {"asked_by": user_id, "user_id": user_id, "state": "done", "reasons": "[]", "content_hash": b""}
    write(connection, "closings", **which, **times)


def test_numbers_go_where_the_account_was_closed(at: At) -> None:
    connection = at(BEFORE)
    closed, open_still = new_id(), new_id()
    steps = [write_step(connection, one) for one in (closed, open_still)]
    write_closing(connection, closed)
    connection.commit()
    to(connection, AFTER)

    kept = f"打{MARK}或12013800700001，证号{MARK}"
    assert [row(connection, "claim_events", one)["note"] for one in steps] == [kept, TOLD]
    back_to(connection, BEFORE)
    with pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("UPDATE claim_events SET note = note"))


def test_numbers_go_that_others_sent_for_whoever_closed_his_account(at: At) -> None:
    connection = at(BEFORE)
    closed, he = new_id(), new_id()
    step = write_step(connection, new_id(), he)
    bound = {"user_id": closed, "resident_id": he, "way": "staff", "begun_at": NOON, "end_note": ""}
    write(connection, "bindings", area_code="4212", **bound)
    write_closing(connection, closed)
    connection.commit()
    to(connection, AFTER)

    assert row(connection, "claim_events", step)["note"] == f"打{MARK}或12013800700001，证号{MARK}"


def test_steps_are_looked_for_before_they_are_kept_from_everybody(at: At) -> None:
    """Whoever reads steps then waits for the change alone, and not for the search."""
    reader = at(BEFORE)
    reader.execute(text("SELECT count(*) FROM claim_events"))
    engine = create_engine(reader.engine.url)
    looked = text(
        "SELECT count(*) FROM pg_locks AS waits JOIN pg_locks AS has USING (pid) "
        "WHERE waits.relation = to_regclass('claim_events') AND NOT waits.granted "
        "AND has.relation = to_regclass('closings') AND has.granted"
    )
    with ThreadPoolExecutor(1) as beside, engine.connect() as connection:
        migrated = beside.submit(to, connection, AFTER)
        wait_for_lock(engine, "claim_events")
        have_looked = reader.scalar(looked)
        reader.rollback()
        migrated.result(timeout=20)
    engine.dispose()

    assert have_looked == 1
