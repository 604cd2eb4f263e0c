"""Databases that stop at an older version, to see what a migration makes of rows that are there."""

import os
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine

from app import migrating
from dev.servers import Servers
from tests.databases import database_at

At = Callable[[str], Connection]
_NUMBERS = count()


@pytest.fixture
def at(servers: Servers) -> Iterator[At]:
    """Open a fresh database whose tables are at a version."""
    opened = []

    def open_at(version: str) -> Connection:
        engine = create_engine(database_at(servers, version, f"migrations_{os.getpid()}_{next(_NUMBERS)}"))
        connection = engine.connect()
        opened.append((engine, connection))
        return connection

    yield open_at
    for engine, connection in opened:
        connection.close()
        engine.dispose()


def to(connection: Connection, version: str) -> None:
    """Bring a database up to a version and commit."""
    command.upgrade(migrating.config(connection), version)
    connection.commit()


def back_to(connection: Connection, version: str) -> None:
    """Take a database back to a version and commit."""
    command.downgrade(migrating.config(connection), version)
    connection.commit()
