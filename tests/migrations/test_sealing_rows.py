"""Rows from before fields were sealed: sealed, found, recognised, and clear again on the way back."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from app.config import Settings
from app.ids import new_id
from app.once import content_hash
from app.sealing import Cell, Sealer
from tests.migrations.conftest import At, back_to, to
from tests.sealer import KEYS, SEALER

BEFORE, PHONES, HEADS, PEOPLE = "20261124_0605", "20261124_1030", "20261124_1130", "20261124_1145"
PHONE, SENT = "13900001234", content_hash("a visit as it was sent")
ANSWERS = {"mood": "好", "needs": ["送药"]}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the migrations the settings that they read their keys from."""
    for name, value in {
        "GONGDI_ENV": "test",
        "DATABASE_URL": "postgresql://127.0.0.1/unused",
        "REDIS_URL": "redis://127.0.0.1",
        **KEYS,
        "GONGDI_PUBLIC_URL": "http://localhost",
        "GONGDI_PHOTO_DIR": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    assert Sealer.of(Settings.read()) == SEALER


def write(connection: Connection, table: str, **values: Any) -> UUID:
    """Insert a row and give its id."""
    values = {"id": new_id()} | values
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)  # noqa: S608 - our own names
    made: UUID = values["id"]
    return made


def write_household(connection: Connection) -> UUID:
    connection.execute(text("INSERT INTO areas (code, name, level) VALUES ('4212', '咸宁市', 'city')"))
    place = write(
        connection,
        "places",
        area_code="4212",
        name="1号楼",
        kind="residential",
        address="",
        radius_m=50,
        content_hash=b"",
        created_at="2026-01-05",
    )
    return write(
        connection,
        "households",
        area_code="4212",
        place_id=place,
        door="101",
        content_hash=b"",
        created_at="2026-01-05",
    )


def write_resident(connection: Connection, household: UUID, created_at: str, relation: str = "head") -> UUID:
    return write(
        connection,
        "residents",
        area_code="4212",
        household_id=household,
        name="王桂兰",
        sex="female",
        birth_date="1955-03-08",
        relation=relation,
        presence="home",
        content_hash=b"",
        created_at=created_at,
    )


def write_user(connection: Connection, **phone: Any) -> UUID:
    return write(
        connection,
        "users",
        area_code="4212",
        name="赵六",
        content_hash=SENT,
        created_at="2026-01-05",
        **phone,
    )


def write_visit(connection: Connection, resident: UUID, worker: UUID, **told: Any) -> UUID:
    care = write(
        connection,
        "care_records",
        area_code="4212",
        resident_id=resident,
        category="elderly",
        level="low",
        every_days=30,
        worker_id=worker,
        started_on="2026-01-05",
        next_due_on="2026-02-05",
        content_hash=b"",
        created_at="2026-01-05",
    )
    form = write(
        connection,
        "visit_forms",
        category="elderly",
        version=1,
        title="表",
        source="",
        fields="[]",
        published_at="2026-01-05",
    )
    return write(
        connection,
        "visits",
        area_code="4212",
        care_record_id=care,
        form_id=form,
        worker_id=worker,
        mode="phone",
        outcome="fine_by_phone",
        content_hash=SENT,
        captured_at="2026-01-06",
        received_at="2026-01-06",
        clock_flag="ok",
        presence="unverified",
        presence_reasons="[]",
        **told,
    )


def row(connection: Connection, table: str, row_id: UUID) -> dict[str, Any]:
    found = connection.execute(text(f"SELECT * FROM {table} WHERE id = :id"), {"id": row_id})  # noqa: S608
    return dict(found.mappings().one())


def test_phones_of_users_are_sealed_and_come_back(at: At) -> None:
    connection = at(BEFORE)
    write_household(connection)
    user = write_user(connection, phone=PHONE)
    connection.commit()

    to(connection, PHONES)
    sealed = row(connection, "users", user)
    back_to(connection, BEFORE)

    assert "phone" not in sealed
    assert SEALER.open(sealed["phone_sealed"], Cell("users", "phone_sealed", user)) == PHONE
    assert sealed["phone_index"] == SEALER.index("phone", "users", PHONE)
    assert sealed["content_hash"] != SENT, "by the old one numbers could be tried out"
    assert row(connection, "users", user)["phone"] == PHONE


def test_of_two_heads_the_first_stays(at: At) -> None:
    connection = at(PHONES)
    household = write_household(connection)
    later, first = (write_resident(connection, household, f"2026-0{month}-05") for month in (2, 1))
    child = write_resident(connection, household, "2026-01-01", relation="child")
    connection.commit()

    to(connection, HEADS)

    relations = [row(connection, "residents", one)["relation"] for one in (first, later, child)]
    assert relations == ["head", "other", "child"]


def test_what_visits_tell_is_sealed_and_comes_back(at: At) -> None:
    connection = at(HEADS)
    resident = write_resident(connection, write_household(connection), "2026-01-05")
    worker = write_user(connection)
    told = {"answers": json.dumps(ANSWERS), "note": "腿脚不便"}
    visit = write_visit(connection, resident, worker, **told)
    needs = [
        write(
            connection,
            "follow_ups",
            area_code="4212",
            visit_id=visit,
            need="送药",
            urgent=False,
            owner_id=worker,
            due_on="2026-01-09",
            result=result,
        )
        for result in (None, "送到了")
    ]
    connection.commit()

    to(connection, PEOPLE)
    sealed = row(connection, "visits", visit)
    results = [row(connection, "follow_ups", one)["result_sealed"] for one in needs]
    back_to(connection, HEADS)
    clear = row(connection, "visits", visit)

    assert not {"answers", "note"} & sealed.keys()
    opened = SEALER.open(sealed["answers_sealed"], Cell("visits", "answers_sealed", visit))
    assert json.loads(opened) == ANSWERS
    assert SEALER.open(sealed["note_sealed"], Cell("visits", "note_sealed", visit)) == "腿脚不便"
    assert sealed["content_hash"] == SEALER.fingerprint(SENT), "sent again it is recognised"
    assert results[0] is None
    assert SEALER.open(results[1], Cell("follow_ups", "result_sealed", needs[1])) == "送到了"
    assert (clear["answers"], clear["note"]) == (ANSWERS, "腿脚不便")
    assert [row(connection, "follow_ups", one)["result"] for one in needs] == [None, "送到了"]
