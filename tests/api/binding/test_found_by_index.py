"""Who fits a request is found by indexes: a large community answers as soon as a small one."""

import unicodedata

import pytest
from sqlalchemy import ARRAY, Connection, String, bindparam, text
from sqlalchemy.orm import Session

from app.identity.same_texts import _DOOR, _NAME
from tests.binding_world import ask, write_unbound
from tests.cast import GRID
from tests.client import Client

pytestmark = pytest.mark.usefixtures("swept")

_READ = text(
    "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables "
    "WHERE relname IN ('residents', 'households', 'places')"
)
_BUILDINGS = text(
    "INSERT INTO places (id, area_code, kind, name, address, radius_m, content_hash, created_at) "
    "SELECT gen_random_uuid(), :area, 'residential', '东区' || n || '栋', '', 80, '', now() "
    "FROM generate_series(1, :many) n"
)
_HOUSEHOLDS = text(
    "INSERT INTO households (id, area_code, place_id, door, content_hash, created_at) "
    "SELECT gen_random_uuid(), :area, p.id, u || '单元' || f || '01', '', now() "
    "FROM places p, generate_series(1, 4) u, generate_series(2, 11) f WHERE p.name LIKE '东区%'"
)
_RESIDENTS = text(
    "INSERT INTO residents "
    "(id, area_code, household_id, name, sex, birth_date, relation, presence, content_hash, created_at) "
    "SELECT gen_random_uuid(), :area, h.id, '张' || n || substr(h.id::text, 1, 5), 'female', '1980-05-06', "
    "'other', 'home', '', now() "
    "FROM households h JOIN places p ON p.id = h.place_id, generate_series(1, 2) n WHERE p.name LIKE '东区%'"
)


MANY = 50
"""Buildings, of forty doors and eighty people."""
MOST_READ = 2 * MANY
"""The buildings are few enough to be read from end to end."""


def fill(session: Session) -> None:
    """Let four thousand more live in the community, behind doors that each building has."""
    session.execute(_BUILDINGS, {"area": GRID, "many": MANY})
    for statement in (_HOUSEHOLDS, _RESIDENTS):
        session.execute(statement, {"area": GRID})
    session.execute(text("ANALYZE residents, households, places"))
    session.commit()


@pytest.mark.parametrize(
    "door, shown", [("1号楼1单元101", 1), ("东区7栋1单元201", 2), ("1单元201", 0), ("9号楼9单元901", 0)]
)
def test_who_fits_is_found_without_reading_the_community(
    newcomer: Client, admin: Client, session: Session, connection: Connection, door: str, shown: int
) -> None:
    fill(session)
    request_id = ask(newcomer, name="没有人", door=door).json["id"]
    before = connection.scalar(_READ)
    answer = admin.get(f"/v1/binding-requests/{request_id}")
    rows = connection.scalar(_READ) - before

    assert [one["fits"] for one in answer.json["candidates"]] == [["door"]] * shown
    assert rows < MOST_READ


def test_an_approval_reads_no_more(
    newcomer: Client, admin: Client, session: Session, connection: Connection
) -> None:
    """It says in what the resident fits."""
    fill(session)
    request_id, body = ask(newcomer).json["id"], {"resident_id": str(write_unbound(session))}
    before = connection.scalar(_READ)
    answer = admin.post(f"/v1/binding-requests/{request_id}/approve", json=body)
    rows = connection.scalar(_READ) - before

    assert answer.json["fits"] == ["phone", "name", "door"]
    assert rows < MOST_READ


def test_a_sign_is_read_alike_by_the_database(session: Session) -> None:
    """By name and by door, each sign that both know, between two others."""
    signs = [chr(one) for one in range(1, 0xFFFF) if unicodedata.category(chr(one)) not in {"Cn", "Cs", "Co"}]
    both = text(
        "SELECT one, plain_name('王' || one || '兰'), plain_door('1' || one || 'a') FROM unnest(:signs) one"
    ).bindparams(bindparam("signs", signs, ARRAY(String)))

    read = {sign: (name, door) for sign, name, door in session.execute(both)}
    alike = {sign: (_NAME.of(f"王{sign}兰"), _DOOR.of(f"1{sign}a")) for sign in signs}

    assert len(read) > 50_000
    assert {sign: told for sign, told in read.items() if told != alike[sign]} == {}
