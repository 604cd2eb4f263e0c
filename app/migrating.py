"""Alembic with this project's own configuration, so that no ini file is needed."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

LOCK_WAIT_S = 5
"""How long a migration waits for a table that somebody is at. Whoever wants it meanwhile waits behind,
so it gives up before people notice, undoes its own steps, and is run again."""
FOLDER = Path(__file__).parent.parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Give Alembic's configuration; without a connection it makes one from the settings."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.set_main_option("timezone", "UTC")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection | None = None) -> None:
    """Bring the database to the newest migration; one that is there already stays as it is."""
    command.upgrade(config(connection), "head")


def is_kept_waiting(error: OperationalError) -> bool:
    """Say whether a migration gave up because somebody was at a table that it needs."""
    return isinstance(error.orig, LockNotAvailable)


def newest() -> str | None:
    """Give the revision that this code expects."""
    return ScriptDirectory.from_config(config()).get_current_head()


def present(connection: Connection) -> str | None:
    """Give the revision that the database is at, or None if it has no tables yet."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
