"""The whole copy against the database: all that is held of a person, and nothing of anybody else."""

import io
from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import LargeBinary, Table, or_, select
from sqlalchemy.orm import Session

from app.models import Base, Claim, PhotoLink, PhotoOwner, Resident
from app.own_data import COPIED, LEFT_OUT
from app.sealing import Cell
from tests.cast import LONG_AGO, named, person
from tests.child_world import write_child, write_guardian
from tests.client import Client
from tests.own_data.life import Life
from tests.own_data_world import Unpacked, copy_of, photos_of
from tests.sealer import SEALER

PEOPLE = {"users", "residents", "households"}
MORE_NAMING = {"audit_entries": ["actor_id"], "transfers": ["resident_id", "by_id"]}
"""Columns that name people without a foreign key."""
MADE_LATER = {"ready_at", "expires_at", "size", "data", "note"}
"""What a copy says of itself before it is ready; and texts whose foreign ids are blanked, tested below."""
KINDS = {copied.name: copied.table for copied in COPIED}


@pytest.fixture
def lives(app: Flask, session: Session) -> dict[str, dict[str, UUID]]:
    """Write two lives in one building."""
    return {who: Life(session, who=who).write(photos_of(app)) for who in ("resident", "neighbour")}


def naming(table: Table) -> list[str]:
    """Give the columns that name a user, a resident or a household."""
    keys = [key.parent.name for key in table.foreign_keys if key.column.table.name in PEOPLE]
    return [*keys, *MORE_NAMING.get(table.name, []), *(["id"] if table.name in PEOPLE else [])]


def key_of(table: Table, row: Any) -> tuple[str, ...]:
    return tuple(str(row[column.name]) for column in table.primary_key.columns)


def naming_rows(session: Session, mine: list[UUID]) -> Iterator[tuple[Table, Any]]:
    """Give every row of every table that names one of these ids."""
    for table in Base.metadata.sorted_tables:
        columns = naming(table)
        if columns:
            query = select(table).where(or_(*(table.c[name].in_(mine) for name in columns)))
            yield from ((table, row) for row in session.execute(query).mappings())


def given_keys(got: Unpacked) -> set[tuple[str, tuple[str, ...]]]:
    return {(table.name, key_of(table, row)) for kind, table in KINDS.items() for row in got.rows(kind)}


def told(table: Table, name: str, row: Any, own: set[UUID]) -> Any:
    """Say how a value of the database is to stand in the copy of whose ids these are."""
    column = next(one for one in table.columns if one.name.removesuffix("_sealed") == name)
    value = row[column.name]
    if value is None:
        return None
    if column.info.get("sealed"):
        return SEALER.open(value, Cell(table.name, column.name, row["id"]))
    if column.name in naming(table) and value not in own:
        return None
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def test_every_row_that_names_a_person_is_in_his_copy(
    app: Flask, session: Session, resident: Client, lives: dict[str, dict[str, UUID]]
) -> None:
    """S-76: the copy against the database, by the columns that name people."""
    given = given_keys(copy_of(app, session, resident))
    who = person("resident")
    assert who.resident_id is not None
    held = {
        (table.name, key_of(table, row))
        for table, row in naming_rows(session, [who.user_id, who.resident_id])
    }
    later = {one for one in held - given if one[0] in {"audit_entries", "notices"}}

    assert {name for name, _ in held} >= {
        "claims",
        "consents",
        "guardianships",
        "hazards",
        "reveals",
        "transfers",
    }
    assert {name for name, _ in held - given - later} == {"harm_cases"}
    assert len(later) == 2, "that it is ready, and that it was fetched, came after it was made"
    assert lives


def test_every_value_is_that_of_the_database(
    app: Flask, session: Session, resident: Client, lives: dict[str, dict[str, UUID]]
) -> None:
    """S-76: each column of each row as the database has it, sealed ones opened, ids of others blank."""
    got = copy_of(app, session, resident)
    who = person("resident")
    own = {who.user_id, who.resident_id, who.household_id}
    compared, wrong = 0, []
    for kind, table in KINDS.items():
        for given in got.rows(kind):
            key = key_of(table, given)
            query = select(table).where(
                *(column == part for column, part in zip(table.primary_key, key, strict=True))
            )
            held = session.execute(query).mappings().one()
            for name, value in given.items():
                compared += 1
                if table.name in {"own_copies", "notices", "hazard_events"} and name in MADE_LATER:
                    continue
                if value != told(table, name, held, own):  # type: ignore[arg-type]
                    wrong.append((kind, name, value))

    assert wrong == []
    assert compared > 300
    assert lives


def test_each_kind_gives_all_personal_columns(
    app: Flask, session: Session, resident: Client, lives: dict[str, dict[str, UUID]]
) -> None:
    """S-76: a table's own kind has all its columns but hashes and what the list withholds."""
    got = copy_of(app, session, resident)
    missing = [
        f"{table.name}.{column.name}"
        for table in KINDS.values()
        for column in table.columns
        if column.info.get("sealed") or not isinstance(column.type, LargeBinary)
        for rows in [got.rows(table.name) if table.name in KINDS else []]
        if rows and column.name.removesuffix("_sealed") not in rows[0]
    ]

    of_nobody = {"care_records.hands_told_on", "care_records.alert_id"}
    told_on = {f"follow_ups.{name}" for name in ("reminded_on", "told_late_on", "told_unowned_on")}
    of_others = {"hazards.visit_id", "visits.unchanged_from_id"}
    assert set(missing) - set(LEFT_OUT) == {"sign_in_codes.handle"} | of_nobody | told_on | of_others
    assert lives


def test_nothing_of_anybody_else_is_in_it(
    app: Flask, session: Session, resident: Client, lives: dict[str, dict[str, UUID]]
) -> None:
    """S-76: no id, name, number, text, record or photo of another; blanked also inside texts and JSON."""
    got = copy_of(app, session, resident)
    text = got.everything
    who = person("resident")
    own = {who.user_id, who.resident_id, who.household_id}
    others = {
        one for name in PEOPLE for one in session.scalars(select(Base.metadata.tables[name].c.id))
    } - own
    names = set(session.scalars(select(Resident.name).where(Resident.id != who.resident_id)))

    assert [str(one) for one in others if str(one) in text] == []
    assert len(others) > 20
    assert [name for name in names | {"张三丰", "13800700002", "属于neighbour"} if name in text] == []
    assert [
        what for what, one in lives["neighbour"].items() if str(one) in " ".join([text, *got.names])
    ] == []
    assert got.rows("notices")[0]["data"]["by"] is None
    assert {one["note"] for one in got.rows("hazard_events")} == {"请看一下"}


def test_what_protects_and_what_proves_is_withheld(
    app: Flask, session: Session, resident: Client, lives: dict[str, dict[str, UUID]]
) -> None:
    """S-76: no case of harm, nor the visit, photo or purpose that tells of it; no hash and no secret."""
    got = copy_of(app, session, resident)
    text = " ".join([got.everything, *got.names])
    mine = lives["resident"]

    assert [one["id"] for one in got.rows("visits")] == [str(mine["visit"])]
    assert [what for what in ("harm_visit", "case", "harm_photo") if str(mine[what]) in text] == []
    secret = ["身上有伤", "怀疑", "harm", "SECRETresident", "a hash", "last_visited_on", "next_due_on"]
    assert [one for one in secret if one in text] == []


def test_sealed_values_photos_and_formulas(
    app: Flask, session: Session, resident: Client, lives: dict[str, dict[str, UUID]]
) -> None:
    """S-76: numbers in clear, his photos and those of his visits, JSON and CSV the same, no formula."""
    got = copy_of(app, session, resident)
    mine = lives["resident"]
    pictures = [name for name in got.names if name.startswith("photos/")]

    assert got.rows("residents")[0]["phone"] == "13800700001"
    assert got.rows("residents")[0]["id_number"] == "000000195503071020"
    assert got.rows("wechat_identities")[0]["openid"] == "openid的字迹属于resident"
    assert got.rows("transfers")[0]["note"] == "扫雪的字迹属于resident"
    assert set(pictures) == {
        f"photos/{mine[name]}.jpg" for name in ("visit_photo", "hazard_photo", "claim_photo")
    }
    for name in pictures:
        assert Image.open(io.BytesIO(got.zip.read(name))).size == (4, 4)
    assert got.rows("hazards")[0]["text"] == "=楼道堆物的字迹属于resident"
    assert got.table("hazards")[0]["报的内容"] == "'=楼道堆物的字迹属于resident"
    for kind in KINDS:
        assert [row.get("编号") for row in got.table(kind)] == [row.get("id") for row in got.rows(kind)]
    assert "<td>我上报的隐患</td><td>data/hazards</td>" in got.page
    assert "这里是您的资料" in got.page


def test_staff_get_their_work_and_nothing_of_people_they_served(
    app: Flask, session: Session, worker: Client, lives: dict[str, dict[str, UUID]]
) -> None:
    """S-76: dates, ids and positions of his own work, no name, answer, text or photo of a person."""
    session.get_one(Claim, lives["resident"]["claim"]).submitted_by = person("worker").user_id
    session.commit()
    got = copy_of(app, session, worker)
    text = got.everything
    visits = {one["id"]: one for one in got.rows("visits_by_me")}
    served = [str(named(name)) for name in ("resident", "neighbour", "household home", "household neighbour")]

    assert {str(lives[who][one]) for who in lives for one in ("visit", "harm_visit")} == set(visits)
    assert visits[str(lives["resident"]["harm_visit"])]["lng"] == 114.5
    assert [one["id"] for one in got.rows("claims_by_me")] == sorted(
        str(lives[who]["claim"]) for who in lives
    )
    assert [
        one for one in [*served, "属于", "王桂兰", "李德福", "身上有伤", "心情", "139000"] if one in text
    ] == []
    assert got.rows("claims") == got.rows("visits") == got.rows("care_records") == []
    assert [name for name in got.names if name.startswith("photos/")] == []
    assert len(got.rows("photos")) == 4


def test_a_photo_that_is_named_by_who_did_not_send_it_is_not_given(
    app: Flask, session: Session, resident: Client, lives: dict[str, dict[str, UUID]]
) -> None:
    """S-76: nobody gets another's photo by naming it in a record of his own."""
    stage = Life(session)
    theirs = lives["neighbour"]["hazard_photo"]
    stage.add(
        PhotoLink(
            record_id=lives["resident"]["claim"],
            photo_id=theirs,
            record_kind=PhotoOwner.CLAIM,
            area_code=stage.area,
            position=1,
            named_by=stage.me,
        )
    )
    session.commit()

    assert f"photos/{theirs}.jpg" not in copy_of(app, session, resident).names


def test_the_last_day_of_a_guardianship_is_copied_for_whoever_is_the_guardian(
    app: Flask, session: Session, resident: Client
) -> None:
    """S-95: a birthday follows from it; who waits to be verified, or is none any more, gets none."""
    kinds: list[dict[str, Any]] = [{}, {"verified": False}, {"ended_at": LONG_AGO}]
    for day, columns in enumerate(kinds, 1):
        write_guardian(session, write_child(session), valid_until=date(2034, 5, day), **columns)

    got = copy_of(app, session, resident)

    assert [one["valid_until"] for one in got.rows("guardianships")] == ["2034-05-01"]
    others = got.rows("other_guardianships")
    assert len(others) == 2
    assert [one for one in others if "valid_until" in one] == []
    assert [day for day in ("2034-05-02", "2034-05-03") if day in got.everything] == []


def test_a_minors_copy_has_what_he_earned_and_not_his_familys_points(
    app: Flask, session: Session, resident: Client, lives: dict[str, dict[str, UUID]]
) -> None:
    """S-76: the household's account is its adults'; what is held of the guardian is not the child's."""
    child = write_child(session)
    write_guardian(session, child)
    got = copy_of(app, session, resident, resident_id=str(child))

    assert [one["name"] for one in got.rows("residents")] == ["王小明"]
    assert got.rows("accounts") == got.rows("transfers") == got.rows("claims") == got.rows("users") == []
    assert [one["guardian_id"] for one in got.rows("my_guardians")] == [None]
    assert "proof" not in got.rows("my_guardians")[0]
    assert [one["asked_by"] for one in got.rows("copies_of_me")] == [None]
    assert [one for one in ("王桂兰", "13800700001", "属于resident") if one in got.everything] == []
    assert "未成年人的副本里没有家里的积分账户" in got.page
    assert "您监护的孩子的资料，里面写的“我”是这个孩子" in got.page
    assert lives
