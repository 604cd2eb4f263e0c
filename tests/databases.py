"""Databases of their own for those tests that really commit."""

from sqlalchemy import create_engine
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


def peopled_database(servers: Servers, name: str) -> str:
    """Make a migrated database with the cast in it; give its address."""
    url = migrated_database(servers, name)
    engine = create_engine(url)
    with Session(engine) as session:
        cast.write(session)
    engine.dispose()
    return url
