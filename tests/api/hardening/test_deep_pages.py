"""The last page of a long list costs what its first one does."""

import base64
import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from app.models import AuditEntry, Base, ClaimStatus, HazardStatus
from tests.cast import person
from tests.client import Client
from tests.explaining import asked_of, counted, most_read
from tests.matrix.stage import Stage

pytestmark = pytest.mark.usefixtures("swept")

COPIES = 2000
LIMIT = 20
MOST_ROWS = 5 * LIMIT
"""Rows that any part of a plan may read for one page: the page, one more, and a few that a filter drops."""
_NEWEST_ENTRY = select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)
LISTS: dict[str, tuple[str, str, Callable[[Stage], object]]] = {
    "/v1/hazards": ("hazards", "admin", lambda stage: stage.hazard(HazardStatus.REPORTED)),
    "/v1/claims": ("claims", "admin", lambda stage: stage.claim(ClaimStatus.SUBMITTED)),
    "/v1/inspections": ("inspections", "admin", Stage.inspection),
    "/v1/redemptions": ("redemptions", "admin", Stage.redemption),
    "/v1/rewards": ("rewards", "admin", Stage.reward),
    "/v1/approvals": ("approvals", "county", Stage.approval),
    "/v1/roster-exports": ("roster_exports", "admin", lambda stage: stage.export(is_over=True)),
    "/v1/imports": ("roster_imports", "admin", lambda stage: stage.roster_import(is_over=True)),
    "/v1/hazard-exports": ("hazard_exports", "admin", lambda stage: stage.ledger_export(is_over=True)),
    "/v1/places": ("places", "admin", lambda stage: stage.place_id),
    "/v1/me/notices": ("notices", "admin", lambda stage: stage.notice("admin")),
    "/v1/audit": ("audit_entries", "auditor", lambda stage: stage.session.scalar(_NEWEST_ENTRY)),
}
"""Lists that grow for years: the table that grows, who reads it, and what writes a row to begin with."""


def _copy(connection: Connection, table: str, row_id: object) -> None:
    """Copy a row of a table many times, and let the planner know."""
    columns = [column.name for column in Base.metadata.tables[table].columns if column.computed is None]
    others = ", ".join(name for name in columns if name != "id")
    connection.execute(
        text(
            f"INSERT INTO {table} (id, {others}) SELECT uuidv7(), {others}"  # noqa: S608 - our own names
            f" FROM {table}, generate_series(1, {COPIES}) WHERE id = :id"
        ),
        {"id": row_id},
    )
    connection.execute(text(f"ANALYZE {table}"))


def _page_cost(
    client: Client, connection: Connection, path: str, table: str, cursor: str | None
) -> tuple[float, str | None]:
    with asked_of(connection, f"FROM {table}", "LIMIT") as seen:
        query = {"limit": str(LIMIT)} | ({"cursor": cursor} if cursor else {})
        answer = client.get(path, query_string=query)
    assert answer.status_code == 200, answer.text
    assert len(answer.json["items"]) == LIMIT
    assert len(seen) == 1, seen
    return most_read(counted(connection, *seen[0])), answer.json["next_cursor"]


def _deep(connection: Connection, table: str) -> str:
    """Give the cursor of the last page but one."""
    key = connection.scalar(
        text(f"SELECT id FROM {table} ORDER BY id DESC LIMIT 1 OFFSET {COPIES - 2 * LIMIT}")  # noqa: S608
    )
    return base64.urlsafe_b64encode(json.dumps(str(key)).encode()).decode().rstrip("=")


@pytest.mark.parametrize("path", LISTS)
def test_a_deep_page_reads_as_few_rows_as_the_first(
    app: Flask, connection: Connection, session: Session, path: str
) -> None:
    """S-125: by the plans that PostgreSQL ran: an index gives the page, nothing reads or sorts the whole."""
    table, who, write = LISTS[path]
    client = Client(app, person(who))
    client.get("/v1/audit")  # which leaves an entry
    row_id = write(Stage(session))
    session.commit()
    _copy(connection, table, row_id)

    first, _ = _page_cost(client, connection, path, table, None)
    deep, more = _page_cost(client, connection, path, table, _deep(connection, table))

    assert more is not None, "it was the last page: nothing was skipped"
    assert LIMIT <= first <= MOST_ROWS
    assert LIMIT <= deep <= MOST_ROWS


def test_the_measure_can_fail(connection: Connection, session: Session) -> None:
    """S-125: the same page by OFFSET, or in an order without an index, reads everything before it."""
    row_id = Stage(session).hazard(HazardStatus.REPORTED)
    session.commit()
    _copy(connection, "hazards", row_id)

    skipping = f"SELECT * FROM hazards ORDER BY id DESC LIMIT {LIMIT} OFFSET {COPIES - 2 * LIMIT}"  # noqa: S608
    sorting = f"SELECT * FROM hazards ORDER BY content_hash, id LIMIT {LIMIT}"  # noqa: S608
    assert most_read(counted(connection, skipping, {})) > MOST_ROWS
    assert most_read(counted(connection, sorting, {})) > MOST_ROWS
