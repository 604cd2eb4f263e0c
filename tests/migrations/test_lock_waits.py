"""A migration does not make everybody wait behind it for a table that somebody is at."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, create_engine, text

from app import migrating
from app.cli.commands import commands
from app.db import engine_options
from tests.migrations.conftest import At, to
from tests.migrations.test_sealing_rows import write, write_household, write_resident, write_user
from tests.own_data.place import environment

BEFORE, BEFORE_INDEXES, NUMBERED = "20261129_2055", "20261129_1650", "20261129_2110"

HALF_BUILT = text("SELECT count(*) FROM pg_index WHERE NOT indisvalid")


def test_migrate_gives_up_and_goes_on_when_it_is_run_again(
    at: At, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the way is named; the version is as it was."""
    monkeypatch.setattr(migrating, "LOCK_WAIT_S", 1)
    reader = at(BEFORE)
    reader.execute(text("SELECT count(*) FROM removals"))
    environ = environment(reader.engine.url.render_as_string(hide_password=False), redis_url, tmp_path)
    kept_waiting = CliRunner().invoke(commands, ["migrate"], env=environ)
    reader.rollback()
    version = present(reader)
    done = CliRunner().invoke(commands, ["migrate"], env=environ)

    assert (kept_waiting.exit_code, version) == (1, BEFORE), kept_waiting.output
    assert "Somebody was at a table that a migration needs" in kept_waiting.output
    assert (done.exit_code, present(reader)) == (0, migrating.newest()), done.output


def test_an_index_is_built_beside_the_work_and_anew_where_that_broke_off(
    at: At, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes goes on, however long it takes; half an index is no index."""
    monkeypatch.setattr(engine_options, "__kwdefaults__", {"statement_s": 1})
    monkeypatch.setattr(migrating, "INDEX_WAIT_S", 2)
    writer = at(BEFORE_INDEXES)
    writer.execute(text("LOCK TABLE audit_entries IN ROW EXCLUSIVE MODE"))
    environ = environment(writer.engine.url.render_as_string(hide_password=False), redis_url, tmp_path)
    kept_waiting = CliRunner().invoke(commands, ["migrate"], env=environ)
    half_built = writer.scalar(HALF_BUILT)
    writer.rollback()
    version = present(writer)
    done = CliRunner().invoke(commands, ["migrate"], env=environ)

    assert (kept_waiting.exit_code, version) == (1, BEFORE_INDEXES), kept_waiting.output
    assert "Somebody was at a table that a migration needs" in kept_waiting.output
    assert (done.exit_code, present(writer)) == (0, migrating.newest()), done.output
    assert (half_built, writer.scalar(HALF_BUILT)) == (1, 0)


def test_who_is_at_work_finishes_before_a_migration_that_needs_his_tables(at: At) -> None:
    """S-81: he has a binding and writes its removal next; a migration that had that table would stop both."""
    writer = at(BEFORE)
    resident = write_resident(writer, write_household(writer), "2026-01-05")
    bound = write_binding(writer, write_user(writer, old_password_hashes="[]"), resident)
    writer.commit()
    writer.execute(text("SELECT id FROM bindings WHERE id = :id FOR UPDATE"), {"id": bound})
    engine = create_engine(writer.engine.url)
    with ThreadPoolExecutor(1) as beside, engine.connect() as connection:
        migrated = beside.submit(to, connection, NUMBERED)
        wait_for_lock(engine, "bindings")
        writer.execute(text("SET LOCAL lock_timeout = '500ms'"))
        ended = "UPDATE bindings SET ended_at = now(), end_reason = 'left' WHERE id = :id"
        writer.execute(text(ended), {"id": bound})
        writer.commit()
        migrated.result(timeout=20)
    engine.dispose()
    left = writer.execute(text("SELECT what, row_id, number FROM removals")).all()
    writer.rollback()

    assert left == [("bindings.ended", bound, None)]
    assert present(writer) == NUMBERED


def write_binding(connection: Connection, user: UUID, resident: UUID) -> UUID:
    """Bind an account to a resident."""
    return write(
        connection,
        "bindings",
        area_code="4212",
        user_id=user,
        resident_id=resident,
        way="staff",
        begun_at="2026-01-05",
        end_note="",
    )


def wait_for_lock(engine: Engine, table: str) -> None:
    """Wait until somebody waits for a table."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = to_regclass(:table)")
    until = monotonic() + 4
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(waiting, {"table": table}):
            assert monotonic() < until, "the migration takes the tables at once"
            sleep(0.02)


def present(connection: Connection) -> str | None:
    """Give the version that others see."""
    found = migrating.present(connection)
    connection.rollback()
    return found
