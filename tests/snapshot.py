"""What is stored: the rows of every table but the audit trail's, and every file of the photo folder."""

from pathlib import Path

import psycopg
from sqlalchemy import Connection, text

from app.models import Base
from dev.servers import libpq_url

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
    """Give each table's number of rows and a sum over their content, which any changed value changes."""
    return {name: (rows, int(content)) for name, rows, content in connection.execute(text(_TABLES))}


def counted(url: str) -> dict[str, int]:
    """Give each table's number of rows in the database at an address."""
    with psycopg.connect(libpq_url(url)) as connection:
        return dict(connection.execute(_COUNTS).fetchall())


def files(folder: Path) -> dict[str, bytes]:
    """Give the content of each file below a folder."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
