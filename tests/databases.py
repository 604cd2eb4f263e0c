"""Databases of their own for those tests that really commit: copies of what each process makes once."""

import os
from collections.abc import Callable

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from app import migrating
from dev.servers import Servers, ensure_database
from tests import cast

_PEOPLED = "peopled"
_sources: dict[tuple[str, str], str] = {}
"""Addresses of databases to copy, to which nobody is connected: by server, and the version or word for it."""


def database_at(servers: Servers, version: str, name: str) -> str:
    """Make a database of the tables of a version with nothing in it; give its address."""

    def climb(source: str) -> str:
        """Begin at the nearest version below that was climbed to before."""
        script = ScriptDirectory.from_config(migrating.config())
        below = [(servers.database_url, one.revision) for one in script.iterate_revisions(version, "base")]
        start = next((_sources[one] for one in below if one in _sources), None)
        if start is None:
            url = ensure_database(servers.database_url, source)
        else:
            url = copied_database(servers, start, source)
        engine = create_engine(url)
        with engine.connect() as connection:
            command.upgrade(migrating.config(connection), version)
            connection.commit()
        engine.dispose()
        return url

    return copied_database(servers, _source(servers, version, climb), name)


def migrated_database(servers: Servers, name: str) -> str:
    """Make a database of the newest schema with nothing in it; give its address."""
    newest = migrating.newest()
    assert newest is not None, "there are migrations"
    return database_at(servers, newest, name)


def peopled_database(servers: Servers, name: str) -> str:
    """Make a migrated database with the cast in it; give its address."""

    def people(source: str) -> str:
        url = migrated_database(servers, source)
        engine = create_engine(url)
        with Session(engine) as session:
            cast.write(session)
        engine.dispose()
        return url

    return copied_database(servers, _source(servers, _PEOPLED, people), name)


def copied_database(servers: Servers, source: str, name: str) -> str:
    """Make a copy of a database that nobody is connected to; give its address."""
    engine = create_engine(servers.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{make_url(source).database}"')
    engine.dispose()
    return make_url(source).set(database=name).render_as_string(hide_password=False)


def _source(servers: Servers, what: str, make: Callable[[str], str]) -> str:
    """Give the address of a database to copy; the first time, make it under the name of this process."""
    known = servers.database_url, what
    if known not in _sources:
        _sources[known] = make(f"source_{os.getpid()}_{what}")
    return _sources[known]
