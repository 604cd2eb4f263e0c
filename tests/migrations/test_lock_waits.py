"""A migration does not make everybody wait behind it for a table that somebody is at."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, text

from app import migrating
from app.cli.commands import commands
from app.db import engine_options
from tests.migrations.conftest import At
from tests.own_data.place import environment

BEFORE, BEFORE_INDEXES = "20261129_2055", "20261129_1650"

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


def present(connection: Connection) -> str | None:
    """Give the version that others see."""
    found = migrating.present(connection)
    connection.rollback()
    return found
