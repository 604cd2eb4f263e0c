"""Hazards of units, before and after there were any."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app.ids import new_id
from tests.migrations.conftest import At, back_to, to

BEFORE, AFTER = "20261202_0402", "20261202_0801"
PLACE, UNIT, USER = new_id(), new_id(), new_id()
_ADD: dict[str, dict[str, Any]] = {
    "areas": {"code": "4212", "name": "咸宁市", "level": "city"},
    "users": {
        "id": USER,
        "name": "赵师傅",
        "content_hash": b"",
        "created_at": "2026-11-01",
        "old_password_hashes": "[]",
    },
    "places": {
        "id": PLACE,
        "area_code": "4212",
        "kind": "residential",
        "name": "1号楼",
        "address": "",
        "radius_m": 80,
        "content_hash": b"",
        "created_at": "2026-11-01",
    },
}
_HAZARD: dict[str, Any] = {
    "area_code": "4212",
    "place_id": PLACE,
    "source": "staff",
    "category": "fire",
    "level": "general",
    "text": "堆了纸箱",
    "recurrences": 0,
    "recheck_failures": 0,
    "content_hash": b"",
    "clock_flag": "ok",
    "presence": "unverified",
    "presence_reasons": "[]",
    "captured_at": "2026-11-02",
    "received_at": "2026-11-02",
}


def insert(connection: Connection, table: str, **values: Any) -> None:
    names = ", ".join(values)
    connection.execute(
        text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{one}' for one in values)})"),  # noqa: S608 - of this file
        values,
    )


def add_hazard(connection: Connection, status: str, **values: Any) -> UUID:
    hazard_id = new_id()
    insert(connection, "hazards", id=hazard_id, status=status, **_HAZARD, **values)
    return hazard_id


def states(connection: Connection) -> dict[UUID, tuple[str, UUID | None]]:
    rows = connection.execute(text("SELECT id, status, assignee_id FROM hazards"))
    return {row.id: (row.status, row.assignee_id) for row in rows}


def test_what_a_unit_has_is_given_out_anew_after_the_way_back_and_units_work_again(at: At) -> None:
    connection = at(AFTER)
    for table, values in _ADD.items():
        insert(connection, table, **values)
    made: dict[str, Any] = {"area_code": "4212", "content_hash": b""}
    unit: dict[str, Any] = {
        "id": UNIT,
        "name": "维修班",
        "kind": "team",
        "made_by": USER,
        "created_at": "2026-11-01",
    }
    insert(connection, "units", **unit, **made)
    insert(connection, "unit_members", id=new_id(), unit_id=UNIT, user_id=USER, since="2026-11-01")
    changed: dict[str, Any] = {
        "id": new_id(),
        "unit_id": UNIT,
        "actor_id": USER,
        "at": "2026-11-02",
        "data": "{}",
    }
    insert(connection, "unit_events", **changed, **made)
    waiting = add_hazard(connection, "assigned", unit_id=UNIT)
    begun = add_hazard(connection, "rectifying", unit_id=UNIT, assignee_id=USER)
    his = add_hazard(connection, "assigned", assignee_id=USER)
    connection.commit()

    back_to(connection, BEFORE)

    kept = {waiting: ("accepted", None), begun: ("rectifying", USER), his: ("assigned", USER)}
    assert states(connection) == kept
    assert connection.scalar(text("SELECT to_regclass('units')")) is None

    connection.rollback()
    to(connection, AFTER)

    assert states(connection) == kept
    assert connection.scalars(text("SELECT unit_id FROM hazards")).all() == [None] * 3
    insert(connection, "units", **unit, **made)
    add_hazard(connection, "assigned", unit_id=UNIT)
    with pytest.raises(IntegrityError, match="ck_hazards_one_assignee"), connection.begin_nested():
        add_hazard(connection, "assigned", unit_id=UNIT, assignee_id=USER)
