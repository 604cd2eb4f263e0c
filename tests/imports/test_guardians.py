"""Guardians entered from a workbook: by the verb of the screen, each fault by its cell, once."""

from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Guardianship, Notice, Resident
from app.people import last_day_as_minor, proof_of
from tests.client import Client
from tests.import_world import (
    HEADINGS,
    checked,
    entered,
    found,
    id_number,
    person,
    rows_of,
    saved,
    sheet_of,
    states,
)
from tests.moves_world import leave
from tests.sealer import SEALER

COLUMNS = [
    "孩子姓名",
    "孩子楼栋",
    "孩子门牌",
    "孩子身份证号",
    "监护人姓名",
    "监护人楼栋",
    "监护人门牌",
    "监护人身份证号",
    "是孩子的",
    "证明材料",
    "有效期至",
]
GRAN_ID, NOBODYS = (id_number("1955-03-08", man=True, number=number) for number in (7, 8))
HOME = "9单元赵大"


def family() -> list[list[Any]]:
    """Give a grandfather and two children behind one door, and an aunt elsewhere."""
    return [
        person("赵大", id=GRAN_ID),
        person("赵小", door=HOME, relation="孙子", birth="2018-05-01"),
        person("赵二", door=HOME, relation="孙女", sex="女", birth="2014-05-01"),
        person("赵姑", sex="女", birth="1980-05-01"),
    ]


def row(child: str = "赵小", guardian: str = "赵大", **cells: Any) -> list[Any]:
    """Give a row of a grandfather who lives with the child."""
    said: dict[str, Any] = {
        "孩子姓名": child, "孩子楼栋": "1号楼", "孩子门牌": HOME,
        "监护人姓名": guardian, "是孩子的": "爷爷", "证明材料": "户口本",
    } | cells  # fmt: skip
    return [said.get(heading) for heading in COLUMNS]


def book(*rows: list[Any], people: Any = None) -> bytes:
    """Give a workbook with the family and these rows of guardians."""
    made = Workbook()
    del made["Sheet"]
    sheet_of(made, "居民", HEADINGS, family() if people is None else people)
    sheet_of(made, "监护人", COLUMNS, rows)
    return saved(made)


def guardians(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in rows if one["sheet"] == "guardians"]


def on_record(session: Session) -> list[tuple[str, str, str]]:
    """Give who is on record as whose guardian."""
    session.expire_all()
    rows = session.scalars(select(Guardianship).order_by(Guardianship.id))
    name = {one.id: one.name for one in session.scalars(select(Resident))}
    return [(name[one.child_id], name[one.guardian_id], one.relation) for one in rows]


def test_guardians_come_with_their_families_in_one_file(app: Flask, session: Session, admin: Client) -> None:
    """Who lives elsewhere is named by his door, who has an ID number by that; all wait to be verified."""
    data = book(
        row(),
        row("赵二", 监护人身份证号=GRAN_ID),
        row(
            "赵二", "赵姑", 监护人楼栋="1号楼", 监护人门牌="9单元赵姑", 是孩子的="其他", 有效期至="2030-05-01"
        ),
    )

    rows = guardians(entered(app, session, admin, data))

    assert [(one["state"], one["outcome"], one["findings"]) for one in rows] == [("new", "done", [])] * 3
    assert on_record(session) == [
        ("赵小", "赵大", "grandparent"),
        ("赵二", "赵大", "grandparent"),
        ("赵二", "赵姑", "other"),
    ]
    made = session.scalars(select(Guardianship).order_by(Guardianship.id)).all()
    child = session.get_one(Resident, made[0].child_id)
    assert made[0].valid_until == last_day_as_minor(child.birth_date)
    assert made[2].valid_until.isoformat() == "2030-05-01"
    assert [proof_of(SEALER, one) for one in made] == ["户口本"] * 3
    assert [one.verified_at for one in made] == [None] * 3
    told = session.scalars(select(Notice).where(Notice.data["guardianship_id"].astext == str(made[0].id)))
    assert told.all(), "somebody else is told to verify what the importer put on record"


def test_the_same_file_again_changes_nothing(app: Flask, session: Session, admin: Client) -> None:
    entered(app, session, admin, book(row()))
    before = on_record(session)

    again = entered(app, session, admin, book(row()))

    assert set(states(again)) == {"same"}
    assert on_record(session) == before


@pytest.mark.parametrize(
    "sent, cell, code",
    [
        ({"child": "没有"}, "A2", "person_unknown"),
        ({"guardian": "没有"}, "E2", "person_unknown"),
        ({"孩子门牌": None}, "A2", "person_where"),
        ({"监护人身份证号": NOBODYS, "guardian": "没有"}, "E2", "person_unknown"),
        ({"是孩子的": "邻居"}, "I2", "unknown_word"),
        ({"证明材料": None}, "J2", "missing"),
        ({"证明材料": "户"}, "J2", "proof_short"),
        ({"有效期至": "明年"}, "K2", "not_a_date"),
        ({"有效期至": "2020-01-01"}, "K2", "guardian_until"),
        ({"有效期至": "2040-01-01"}, "K2", "guardian_until"),
        ({"guardian": "赵二"}, "E2", "guardian_minor"),
        ({"child": "赵姑", "孩子门牌": "9单元赵姑", "监护人身份证号": GRAN_ID}, "A2", "not_a_minor"),
    ],
)  # fmt: skip
def test_each_fault_is_named_by_its_cell(
    app: Flask, session: Session, admin: Client, sent: dict[str, Any], cell: str, code: str
) -> None:
    entered(app, session, admin, book())

    (one,) = guardians(rows_of(admin, checked(app, session, admin, book(row(**sent)))))

    assert one["state"] == "faulty"
    assert found(one)[cell] == code


def test_what_is_on_record_otherwise_or_twice_is_named(app: Flask, session: Session, admin: Client) -> None:
    entered(app, session, admin, book(row()))

    other = guardians(rows_of(admin, checked(app, session, admin, book(row(是孩子的="父母"), row(), row()))))

    assert [found(one) for one in other] == [
        {"I2": "guardian_there"},
        {"A3": "row_twice"},
        {"A4": "row_twice"},
    ]


def test_who_left_is_neither_ward_nor_guardian(app: Flask, session: Session, admin: Client) -> None:
    """As on the screen; the same of who is to be looked after."""
    entered(app, session, admin, book())
    by_name = {one.name: one.id for one in session.scalars(select(Resident))}
    for name, why in (("赵小", "moved_out"), ("赵大", "died")):
        assert leave(admin, by_name[name], why=why).status_code == 200

    rows = guardians(entered(app, session, admin, book(row(), row("赵二"), people=[])))

    assert [(one["state"], found(one)) for one in rows] == [
        ("faulty", {"A2": "person_left", "E2": "person_dead"}),
        ("faulty", {"E3": "person_dead"}),
    ]
    assert on_record(session) == []
