"""What is stored: the rows of every table but the audit trail's, and every file of the photo folder."""

from pathlib import Path

import psycopg
from sqlalchemy import Connection

from app.models import Base

_TABLES = " UNION ALL ".join(
    f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(kept::text, 0)), 0) FROM {name} AS kept"  # noqa: S608
    for name in sorted(Base.metadata.tables)
    if not name.startswith("audit_") and name != "sign_in_tries"
)
_COUNTS = " UNION ALL ".join(
    f"SELECT '{name}', count(*) FROM {name}"  # noqa: S608
    for name in sorted(Base.metadata.tables)
    if not name.startswith("audit_") and name != "removals"  # both outlive what a test deletes
)
Stored = dict[str, tuple[int, int]]


def stored(connection: Connection) -> Stored:
    """Give each table's number of rows and a sum over their content, which any changed value changes.

    To plan this takes ten times as long as to run it, so it is planned once.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection), "we know no other"
    rows = driver.execute(_TABLES, prepare=True).fetchall()
    return {name: (number, int(content)) for name, number, content in rows}


def counted(connection: psycopg.Connection) -> dict[str, int]:
    """Give each table's number of rows as they are committed now; the connection is in no transaction."""
    return dict(connection.execute(_COUNTS, prepare=True).fetchall())


def files(folder: Path) -> dict[str, bytes]:
    """Give the content of each file below a folder."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
