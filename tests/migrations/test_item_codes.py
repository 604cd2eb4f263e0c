"""Checklists, items and hazards that were there before items had codes."""

from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app import migrating
from app.cli.seed import facts
from app.cli.seed.ids import named
from app.cli.seed.site import CITY
from app.ids import new_id
from tests.migrations.conftest import At

BEFORE, AFTER = "20261124_1030", "20261124_1100"
PLACE = new_id()
_REVISION = ScriptDirectory.from_config(migrating.config()).get_revision(AFTER)
_KNOWN: dict[str, str] = _REVISION.module.KNOWN
"""What the seed had then."""


@pytest.fixture
def connection(at: At) -> Connection:
    """Give a database of its own at the version before, with a city and a place."""
    made = at(BEFORE)
    _add(made, "areas", code=CITY, name="咸宁市", level="city")
    place = {"area_code": CITY, "kind": "residential", "name": "1号楼", "address": "", "radius_m": 80}
    _add(made, "places", id=PLACE, content_hash=b"", created_at="2026-11-01", **place)
    return made


def _add(connection: Connection, table: str, **values: Any) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)  # noqa: S608 - our own names


def _add_list(connection: Connection, list_id: UUID, title: str, items: list[UUID], version: int = 1) -> None:
    same = {"area_code": CITY, "kind": "residential", "source": "", "published_at": "2026-11-01"}
    _add(connection, "checklists", id=list_id, title=title, version=version, **same)
    for position, item_id in enumerate(items, start=1):
        what = {"level": "general", "category": "fire", "section": "", "text": "通道畅通吗?", "advice": ""}
        _add(connection, "checklist_items", id=item_id, checklist_id=list_id, position=position, **what)


def _add_hazard(connection: Connection, item_id: UUID | None, **more: Any) -> UUID:
    hazard_id = new_id()
    values = {
        "area_code": CITY,
        "place_id": PLACE,
        "item_id": item_id,
        "source": "inspection",
        "category": "fire",
        "level": "general",
        "text": "堆了纸箱",
        "status": "reported",
        "recurrences": 3,
        "recheck_failures": 0,
        "content_hash": b"",
        "clock_flag": "ok",
        "presence": "unverified",
        "presence_reasons": "[]",
        **dict.fromkeys(("captured_at", "received_at"), "2026-11-02"),
    }
    _add(connection, "hazards", id=hazard_id, **values | more)
    return hazard_id


def _codes(connection: Connection, table: str) -> dict[UUID, str]:
    return dict(connection.execute(text(f"SELECT id, code FROM {table}")).all())  # noqa: S608


def test_what_the_seed_wrote_gets_its_codes(connection: Connection) -> None:
    lists = {named("checklist", one.code): one for one in facts.checklists() if one.code in _KNOWN}
    wanted: dict[UUID, str] = {}
    for list_id, one in lists.items():
        codes = _KNOWN[one.code].split()
        items = {named("checklist item", f"{one.code} {code}"): code for code in codes}
        _add_list(connection, list_id, one.title, list(items))
        wanted |= items
    hazard_id = _add_hazard(connection, named("checklist item", "residential_block exit_clear"))

    command.upgrade(migrating.config(connection), AFTER)

    assert _codes(connection, "checklists") == {list_id: one.code for list_id, one in lists.items()}
    assert _codes(connection, "checklist_items") == wanted
    shown = connection.execute(text("SELECT id, item_key, recurrences FROM hazards")).all()
    assert shown == [(hazard_id, "4212/residential_block/exit_clear", 3)]


def test_what_others_wrote_keeps_its_hazards_apart(connection: Connection) -> None:
    first, second, of_seed, item_1, item_2 = (new_id() for _ in range(5))
    seeded = named("checklist", "residential_block")
    _add_list(connection, first, "自己的表", [item_1])
    _add_list(connection, second, "自己的表", [item_2], version=2)
    _add_list(connection, seeded, "居民楼栋安全检查", [])
    _add_list(connection, of_seed, "居民楼栋安全检查", [], version=2)
    found = [_add_hazard(connection, item_id) for item_id in (item_1, item_2, None)]

    command.upgrade(migrating.config(connection), AFTER)

    own = f"list_{first.hex}"
    assert _codes(connection, "checklists") == {
        first: own,
        second: own,
        seeded: "residential_block",
        of_seed: "residential_block",
    }
    keys: dict[UUID, str] = dict(connection.execute(text("SELECT id, item_key FROM hazards")).all())
    assert [keys[hazard_id] for hazard_id in found] == [
        f"4212/{own}/item_{item_1.hex}",
        f"4212/{own}/item_{item_2.hex}",
        None,
    ]
    again = {"item_key": f"4212/{own}/item_{item_1.hex}"}
    _add_hazard(connection, item_1, status="closed", **again)
    with pytest.raises(IntegrityError, match="uq_hazards_open_item"):
        _add_hazard(connection, item_1, **again)


def test_the_way_back_loses_no_row(connection: Connection) -> None:
    list_id, item_id = new_id(), new_id()
    _add_list(connection, list_id, "自己的表", [item_id])
    hazard_id = _add_hazard(connection, item_id)
    query = text("SELECT to_jsonb(hazards) FROM hazards")
    before = connection.scalars(query).all()

    command.upgrade(migrating.config(connection), AFTER)
    command.downgrade(migrating.config(connection), BEFORE)

    assert connection.scalars(query).all() == before
    assert before[0]["id"] == str(hazard_id)
    with pytest.raises(IntegrityError, match="uq_hazards_open_item"):
        _add_hazard(connection, item_id)
