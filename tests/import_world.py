"""Workbooks of a settlement, made by another library than the template's; sent, checked and entered."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Flask
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum.iso7064 import mod_11_2

from app import imports
from app.ids import new_id
from app.imports import ImportState
from app.models import Household, Resident
from tests import canaries
from tests.cast import HOME
from tests.client import Answer, Client
from tests.own_data_world import photos_of
from tests.sealer import SEALER

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ["楼栋", "门牌", "姓名", "与户主关系", "性别", "出生日期", "身份证号", "手机号", "是否在家"]
PLACE, DOOR, NAME, RELATION, SEX, BIRTH, ID, PHONE, PRESENCE = range(9)


def id_number(birth: str, *, man: bool, number: int = 1) -> str:
    """Give an ID number of a region that there is not."""
    body = f"99{9999 - number // 100:04}{birth.replace('-', '')}{number % 100:02}{1 if man else 2}"
    made = body + mod_11_2.calc_check_digit(body)
    canaries.look_at({"id_number": made}, sent=True)
    return made


def person(name: str, **cells: Any) -> list[Any]:
    """Give a row of a man of 1955 who is head of a household of his own in the cast's building."""
    row: list[Any] = ["1号楼", f"9单元{name}", name, "户主", "男", "1955-03-08", None, None, None]
    for column, value in cells.items():
        row[globals()[column.upper()]] = value
    if isinstance(row[PHONE], str):
        canaries.look_at({"phone": row[PHONE]}, sent=True)
    return row


def sheet_of(book: Workbook, title: str, headings: Sequence[Any], rows: Sequence[Sequence[Any]]) -> Worksheet:
    """Write a sheet."""
    sheet: Worksheet = book.create_sheet(title)
    sheet.append(list(headings))
    for row in rows:
        sheet.append(list(row))
    return sheet


def saved(book: Workbook) -> bytes:
    """Give a workbook's bytes."""
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def residents(*rows: Sequence[Any], headings: Sequence[Any] = HEADINGS) -> bytes:
    """Give a workbook of residents alone."""
    book = Workbook()
    del book["Sheet"]
    sheet_of(book, "居民", headings, rows)
    return saved(book)


def send(client: Client, data: bytes, import_id: UUID | None = None, *, area_code: str = HOME) -> Answer:
    """Send a workbook."""
    path = f"/v1/imports/{import_id or new_id()}?area_code={area_code}"
    return client.put(path, data=data, content_type=XLSX)


def check(app: Flask, session: Session, import_id: UUID) -> None:
    """Do what the job does to check."""
    session.expire_all()
    assert imports.begin_check(session, import_id)
    book = imports.read_import(session, SEALER, photos_of(app), import_id)
    if book is not None:
        assert imports.keep_rows(
            session, SEALER, import_id, list(imports.judge(session, SEALER, import_id, book))
        )
        imports.end_check(session, photos_of(app), import_id)
    session.commit()


def checked(app: Flask, session: Session, client: Client, data: bytes, *, area_code: str = HOME) -> UUID:
    """Send a workbook and check it; give the import's id."""
    import_id = new_id()
    sent = send(client, data, import_id, area_code=area_code)
    assert sent.status_code == 201, sent.text
    check(app, session, import_id)
    return import_id


def enter(session: Session, client: Client, import_id: UUID, *, chosen: Any = None) -> dict[str, Any]:
    """Let it be entered, and do what the job does; give the import."""
    told = client.step(f"/v1/imports/{import_id}/apply", {"chosen": chosen})
    assert told.status_code == 200, told.text
    session.expire_all()
    while imports.apply_some(session, SEALER, import_id)[0]:
        session.commit()
    session.commit()
    shown = shown_of(client, import_id)
    assert shown["state"] == ImportState.APPLIED
    return shown


def entered(app: Flask, session: Session, client: Client, data: bytes, **how: Any) -> list[dict[str, Any]]:
    """Go the whole way; give the rows and what became of them."""
    import_id = checked(app, session, client, data)
    enter(session, client, import_id, **how)
    return rows_of(client, import_id)


def shown_of(client: Client, import_id: UUID) -> dict[str, Any]:
    """Give an import."""
    answer = client.get(f"/v1/imports/{import_id}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def rows_of(client: Client, import_id: UUID, **which: Any) -> list[dict[str, Any]]:
    """Give the rows of an import, all pages."""
    rows: list[dict[str, Any]] = []
    query = {"limit": "100", **which}
    while True:
        answer = client.get(f"/v1/imports/{import_id}/rows", query_string=query)
        assert answer.status_code == 200, answer.text
        rows.extend(answer.json["items"])
        if answer.json["next_cursor"] is None:
            return rows
        query["cursor"] = answer.json["next_cursor"]


def found(row: dict[str, Any]) -> dict[str, str]:
    """Give what was found in a row, by cell."""
    return {one["cell"]: one["code"] for one in row["findings"]}


def states(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Give what each row would do."""
    return [row["state"] for row in rows]


def people(session: Session) -> dict[str, Resident]:
    """Give those of the cast's building behind a door of the workbooks here, by name."""
    query = select(Resident).join(Household).where(Household.door.startswith("9单元"))
    session.expire_all()
    return {one.name: one for one in session.scalars(query)}


def count(session: Session) -> tuple[int, int]:
    """Count households and residents."""
    session.expire_all()
    return tuple(
        session.scalar(select(func.count()).select_from(table)) or 0 for table in (Household, Resident)
    )  # type: ignore[return-value]
