"""Says how the database finds what is read: by which index, and how many rows it takes to it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Select, event, text
from sqlalchemy.orm import Session

Plan = dict[str, Any]
Asked = tuple[str, Any]


@contextmanager
def asked_of(connection: Connection | Engine, *words: str) -> Iterator[list[Asked]]:
    """Gather the statements that name all of these words, with their values, while the block runs."""
    found: list[Asked] = []

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        if all(word in statement.replace("\n", "") for word in words):
            found.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", note)


def how(connection: Connection, word: str, read: Callable[[], Any]) -> str:
    """Give how the database finds what is read, by the first statement that names a word."""
    with asked_of(connection, word) as asked:
        read()
    return "\n".join(explained(connection, *asked[0]))


def explained(
    connection: Connection, statement: str, values: Any, *, options: str = "COSTS OFF"
) -> Sequence[Any]:
    """Give what the database says of a statement, with the values it was sent with."""
    return connection.exec_driver_sql(f"EXPLAIN ({options}) {statement}", values).scalars().all()


def plan_of(session: Session, query: Select[Any], options: str = "COSTS OFF") -> str:
    """Give how the database finds what a query asks for."""
    compiled = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
    return "\n".join(session.scalars(text(f"EXPLAIN ({options}) {compiled}")))


def counted(connection: Connection, statement: str, values: Any) -> Plan:
    """Run a statement and give its plan with what each part of it read."""
    options = "ANALYZE, BUFFERS, FORMAT JSON"
    plan: Plan = explained(connection, statement, values, options=options)[0][0]["Plan"]
    return plan


def most_read(plan: Plan) -> float:
    """Give the most rows that one part of a plan read, those included that it then dropped."""
    return max(_read(part) for part in _parts(plan))


def pages_of(plan: Plan) -> int:
    """Give how many pages of 8 KB were looked at."""
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _parts(plan: Plan) -> Iterator[Plan]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _parts(inner)


def _read(part: Plan) -> float:
    dropped = part.get("Rows Removed by Filter", 0) + part.get("Rows Removed by Index Recheck", 0)
    return float((part["Actual Rows"] + dropped) * part["Actual Loops"])
