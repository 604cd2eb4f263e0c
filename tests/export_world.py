"""Exports of the roster: asked for, approved, made, fetched, and read by another library than wrote them."""

import io
from typing import Any
from uuid import UUID

from flask import Flask
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.exports import ROSTER, ExportKind, ExportState, begin_export, make_export
from app.ids import new_id
from app.models import Grant
from tests.approval_world import approved
from tests.cast import HOME, NEXT, person
from tests.client import Answer, Client
from tests.matrix.stage import Stage
from tests.own_data_world import photos_of
from tests.sealer import SEALER

PURPOSE = "给民政局核对名单"
COLUMNS = ["door", "name", "birth_date", "phone", "id_number"]
HEADINGS = ["门牌", "姓名", "出生日期", "手机号", "身份证号"]


def roster(**changes: Any) -> dict[str, Any]:
    """Give what is to be exported, under the id that it will have."""
    return {"id": str(new_id()), "area_code": HOME, "columns": COLUMNS, "clear": False} | changes


def put(client: Client, what: dict[str, Any], approval_id: str) -> Answer:
    """Ask for what was approved."""
    body = {name: value for name, value in what.items() if name != "id"}
    return client.put(f"/v1/roster-exports/{what['id']}", json=body | {"approval_id": approval_id})


def ask(admin: Client, county: Client, **changes: Any) -> UUID:
    """Get an approval and use it; give the export's id."""
    what = roster(**changes)
    answer = put(admin, what, approved(admin, county, roster_export=what, reason=PURPOSE))
    assert answer.status_code == 201, answer.text
    return UUID(what["id"])


def make(app: Flask, session: Session, export_id: UUID, *, kind: ExportKind = ROSTER) -> None:
    """Do what the job does."""
    assert begin_export(session, export_id, kind=kind) is ExportState.MAKING
    assert make_export(session, SEALER, photos_of(app), export_id, kind=kind) is ExportState.READY
    session.commit()


def write_ready_export(app: Flask, session: Session) -> UUID:
    """Write an export of the admin whose file is there."""
    export_id = Stage(session).export()
    make(app, session, export_id)
    return export_id


def move_admin(session: Session) -> None:
    """Let the admin have his post in another community."""
    his = update(Grant).where(Grant.user_id == person("admin").user_id)
    session.execute(his.values(area_code=NEXT))
    session.commit()


def fetch(client: Client, export_id: UUID) -> Answer:
    """Ask for an export's file."""
    return client.get(f"/v1/roster-exports/{export_id}/file")


def opened(data: bytes) -> Workbook:
    """Read a workbook, with formulas as they stand."""
    return load_workbook(io.BytesIO(data))


def rows(data: bytes) -> list[list[Any]]:
    """Give the sheet below its two rows of marks: headings first."""
    sheet = opened(data).worksheets[0]
    return [[cell or "" for cell in row] for row in sheet.iter_rows(min_row=3, values_only=True)]


def exported(
    app: Flask, session: Session, admin: Client, county: Client, **changes: Any
) -> tuple[UUID, bytes]:
    """Go the whole way; give the export's id, and its file."""
    export_id = ask(admin, county, **changes)
    make(app, session, export_id)
    got = fetch(admin, export_id)
    assert got.status_code == 200, got.text
    return export_id, got.data
