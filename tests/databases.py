"""Databases of their own for those tests that really commit."""

from sqlalchemy import create_engine, make_url
from sqlalchemy.orm import Session

from app import migrating
from dev.servers import Servers, ensure_database
from tests import cast


def migrated_database(servers: Servers, name: str) -> str:
    """Make a database of the newest schema with nothing in it; give its address."""
    url = ensure_database(servers.database_url, name)
    engine = create_engine(url)
    with engine.connect() as connection:
        migrating.upgrade(connection)
        connection.commit()
    engine.dispose()
    return url


def copied_database(servers: Servers, source: str, name: str) -> str:
    """Make a copy of a database that nobody is connected to; give its address."""
    engine = create_engine(servers.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{make_url(source).database}"')
    engine.dispose()
    return make_url(source).set(database=name).render_as_string(hide_password=False)


def peopled_database(servers: Servers, name: str) -> str:
    """Make a migrated database with the cast in it; give its address."""
    url = migrated_database(servers, name)
    engine = create_engine(url)
    with Session(engine) as session:
        cast.write(session)
    engine.dispose()
    return url
