"""A migration does not make everybody wait behind it for a table that somebody is at."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, text

from app import migrating
from app.cli.commands import commands
from tests.migrations.conftest import At
from tests.own_data.place import environment

BEFORE = "20261129_2055"


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


def present(connection: Connection) -> str | None:
    """Give the version that others see."""
    found = migrating.present(connection)
    connection.rollback()
    return found
