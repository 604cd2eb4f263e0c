"""A workbook that is dirty in every way: each fault is named by its cell, whoever wrote the file."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from dev.drills.dirty_book import dirty_book
from tests import canaries
from tests.client import Client
from tests.import_world import checked, count, enter, rows_of, shown_of

DIRTY = dirty_book("1号楼")
LIBREOFFICE = Path(__file__).parent.parent / "data" / "dirty-libreoffice.xlsx"


@pytest.mark.parametrize("data", [DIRTY.data, LIBREOFFICE.read_bytes()], ids=["openpyxl", "libreoffice"])
def test_every_planted_fault_is_named_by_its_cell(
    app: Flask, session: Session, admin: Client, data: bytes
) -> None:
    before = count(session)

    import_id = checked(app, session, admin, data)
    unwritten = count(session)
    rows = rows_of(admin, import_id)
    enter(session, admin, import_id)

    found: dict[str, set[str]] = {}
    for row in rows:
        for one in row["findings"]:
            found.setdefault(one["cell"], set()).add(one["code"])
    assert unwritten == before
    assert found == DIRTY.found
    assert {row["row"] for row in rows if row["state"] == "faulty"} == DIRTY.faulty
    assert {row["row"] for row in rows if row["state"] == "new"} == DIRTY.clean.keys() | DIRTY.wards
    assert count(session)[1] - before[1] == len(DIRTY.clean)
    notes = {(one["sheet"], one["code"], one["cell"]) for one in shown_of(admin, import_id)["notes"]}
    assert notes == {
        ("居民", "heading_unknown", "J3"),
        ("巡查计划", "hidden_sheet", None),
        ("第3张表", "unknown_sheet", None),
    }


def test_what_is_told_says_what_to_do_and_names_the_heading(
    app: Flask, session: Session, admin: Client
) -> None:
    canaries.look_at({"phone": "13900000001"}, sent=True)

    import_id = checked(app, session, admin, DIRTY.data)
    findings = [one for row in rows_of(admin, import_id) for one in row["findings"]]
    told = {one["cell"]: (one["heading"], one["text"]) for one in findings}

    by_code = {code: told[cell] for cell, codes in DIRTY.found.items() for code in codes}
    assert by_code["unknown_word"][1].startswith("没有这个选项，请从下拉里选。是不是")
    assert by_code["place_unknown"] == ("楼栋", "没有这个点位，请先填在“点位”表里。最像的是“1号楼”")
    assert by_code["date_as_number"][0] == "出生日期"
