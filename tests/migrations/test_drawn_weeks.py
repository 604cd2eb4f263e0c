"""Weeks that were drawn before their urns told workers apart."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.ids import new_id
from tests.migrations.conftest import At, back_to, to
from tests.migrations.test_sealing_rows import write

BEFORE, AFTER = "20261202_0900", "20261203_0820"


def _inspection(connection: Connection, worker_id: UUID) -> str:
    record_id = write(
        connection,
        "inspections",
        area_code="421224100001",
        place_id=new_id(),
        checklist_id=new_id(),
        worker_id=worker_id,
        content_hash=b"",
        clock_flag="ok",
        presence="unverified",
        presence_reasons="[]",
        captured_at="2026-11-03T12:00:00Z",
        received_at="2026-11-03T12:00:00Z",
        note="",
    )
    return str(record_id)


def _urns(connection: Connection) -> list[Any]:
    return list(connection.scalars(text("SELECT candidates FROM spot_check_weeks ORDER BY week_on")))


def test_their_workers_are_numbered_and_the_numbers_go_again(at: At) -> None:
    connection = at(BEFORE)
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    one, two = sorted((new_id(), new_id()))
    urn = [{"record_id": _inspection(connection, who), "weight": 1, "due": False} for who in (two, one, two)]
    for week_on, candidates in ("2026-11-02", urn), ("2026-11-09", []):
        write(
            connection,
            "spot_check_weeks",
            area_code="421224100001",
            week_on=week_on,
            committed_at="2026-11-01T12:00:00Z",
            seed_hash=b"",
            candidates=json.dumps(candidates),
        )
    connection.commit()

    to(connection, AFTER)
    numbered = _urns(connection)
    connection.rollback()
    back_to(connection, BEFORE)

    with_numbers = [entry | {"worker": worker} for entry, worker in zip(urn, (2, 1, 2), strict=True)]
    assert (numbered, _urns(connection)) == ([with_numbers, []], [urn, []])
