"""Entering a settlement from one workbook: sent, checked cell by cell, looked at, entered."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response, request
from marshmallow import fields

from app import imports
from app.adapters import XLSX
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.body_bounds import takes
from app.api.http.fields import (
    NOT_EMPTY,
    Input,
    Output,
    StepInput,
    community_code,
    listed,
    sent_moment,
    whole,
    word,
)
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, sensitive, transaction
from app.api.http.sentences import sentence
from app.identity import Permission
from app.imports import (
    Finding,
    Found,
    ImportFailure,
    ImportOutcome,
    ImportRowState,
    ImportSheet,
    ImportState,
)

blueprint = Blueprint("imports", __name__, description="用工作簿导入社区")
_WORKBOOK_BYTES = 8 * 1024 * 1024
_CHOICE_BYTES = 512 * 1024
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_WORKBOOK_BODY = {
    "required": True,
    "description": "Excel 工作簿（.xlsx），最多8MB",
    "content": dict.fromkeys((XLSX, "application/octet-stream"), _BINARY),
}
_LAST_ROW = 1_048_576
"""Of a sheet of Excel's."""
_MOST_CHOSEN = 1_400
"""Rows of a sheet that are named one by one; who wants more sends a file of them."""


class ImportWhereInput(Input):
    """The community that the workbook is for."""

    area_code = community_code(required=True)


class ImportRowListInput(PageInput):
    """Which rows."""

    sheet = word(ImportSheet, load_default=None)
    state = word(ImportRowState, load_default=None)
    outcome = word(ImportOutcome, load_default=None)


class ChosenRowsInput(Input):
    """Rows of one sheet, as the spreadsheet numbers them."""

    sheet = word(ImportSheet, required=True)
    rows = listed(whole(1, _LAST_ROW), _MOST_CHOSEN, least=1, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> imports.Chosen:
        """Give what the domain takes."""
        return imports.Chosen(**data)


class ApplyImportInput(StepInput):
    """What is entered: all rows that are new or changed, or those that are chosen, doubtful ones too."""

    chosen = listed(
        fields.Nested(ChosenRowsInput, error_messages=NOT_EMPTY),
        len(ImportSheet),
        load_default=None,
        allow_none=True,
    )


class CellFindingOutput(Output):
    """What was found in a cell, and what to do; a remark keeps no row out."""

    code = fields.Enum(Found, by_value=True, required=True, attribute="found")
    cell = fields.String(required=True, allow_none=True)
    heading = fields.String(required=True)
    remark = fields.Boolean(required=True, attribute="is_remark")
    text = fields.String(required=True)


class SheetFindingOutput(CellFindingOutput):
    """What was found about a whole sheet, which is named as it is called, or by its place."""

    sheet = fields.String(required=True)


class ImportCountOutput(Output):
    """How many rows of a sheet are the same in this."""

    sheet = fields.Enum(ImportSheet, by_value=True, required=True)
    state = fields.Enum(ImportRowState, by_value=True, required=True)
    outcome = fields.Enum(ImportOutcome, by_value=True, required=True, allow_none=True)
    rows = fields.Integer(required=True)


class ImportFailureOutput(Output):
    """Why a workbook was not checked, and what to do."""

    code = fields.Enum(ImportFailure, by_value=True, required=True)
    text = fields.String(required=True)


class ImportOutput(Output):
    """A workbook that was sent, how far it is, and how many of its rows would do what."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    state = fields.Enum(ImportState, by_value=True, required=True)
    failure = fields.Nested(ImportFailureOutput, required=True, allow_none=True)
    rows_total = fields.Integer(required=True, allow_none=True)
    rows_done = fields.Integer(required=True)
    asked_at = sent_moment(required=True)
    checked_at = sent_moment(required=True, allow_none=True)
    applied_at = sent_moment(required=True, allow_none=True)
    expires_at = sent_moment(required=True)
    ended_at = sent_moment(required=True, allow_none=True)
    notes = fields.List(fields.Nested(SheetFindingOutput), required=True)
    counts = fields.List(fields.Nested(ImportCountOutput), required=True)

    @ma.pre_dump
    def put_together(self, one: imports.Counted, **_: Any) -> dict[str, Any]:
        """Put counts and words beside what is kept."""
        row, why = one.row, one.row.failure
        shown = {name: getattr(row, name) for name in self.fields if name != "counts"}
        return shown | {
            "failure": None if why is None else {"code": why, "text": imports.FAILURE_WORDS[why]},
            "notes": [_shown(Finding.read(one["finding"])) | {"sheet": one["sheet"]} for one in row.notes],
            "counts": one.counts,
        }


class ImportChangeOutput(Output):
    """What a field says, and what it would say; numbers are masked."""

    field = fields.String(required=True)
    heading = fields.String(required=True)
    before = fields.String(required=True)
    after = fields.String(required=True)


class RefusalOutput(Output):
    """Why a row was not entered, and what to do."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class ImportRowOutput(Output):
    """A row of a workbook: what was found in its cells, what it would change, what became of it."""

    sheet = fields.Enum(ImportSheet, by_value=True, required=True)
    row = fields.Integer(required=True)
    label = fields.String(required=True)
    state = fields.Enum(ImportRowState, by_value=True, required=True)
    findings = fields.List(fields.Nested(CellFindingOutput), required=True)
    changes = fields.List(fields.Nested(ImportChangeOutput), required=True)
    outcome = fields.Enum(ImportOutcome, by_value=True, required=True, allow_none=True)
    refusal = fields.Nested(RefusalOutput, required=True, allow_none=True)

    @ma.pre_dump
    def put_together(self, one: imports.Shown, **_: Any) -> dict[str, Any]:
        """Put what is kept of a row into words."""
        return {
            "sheet": one.row.sheet,
            "row": one.row.row_number,
            "label": one.label,
            "state": one.row.state,
            "findings": one.told.findings,
            "changes": one.told.changes,
            "outcome": one.row.outcome,
            "refusal": _refusal(one),
        }


def _shown(finding: Finding) -> dict[str, Any]:
    names = ("found", "cell", "heading", "is_remark", "text")
    return {name: getattr(finding, name) for name in names}


def _refusal(one: imports.Shown) -> dict[str, Any] | None:
    became = one.told.became
    if not one.told.is_readable and one.row.outcome is ImportOutcome.REFUSED:
        return {"code": "unreadable", "text": sentence("unreadable", {}, reading=True)}
    if became is None or became.outcome is not ImportOutcome.REFUSED:
        return None
    if became.finding is not None:
        finding = Finding.read(became.finding)
        return {"code": finding.found, "text": finding.text}
    return {"code": became.code, "text": sentence(became.code or "", became.data or {})}


def _counted(session: Any, row: imports.RosterImport) -> imports.Counted:
    return imports.counted(session, [row])[0]


@blueprint.route("/imports/template", methods=["GET"])
@allow(Permission.ROSTER_IMPORT)
@blueprint.file(XLSX)
def get_import_template() -> Response:
    """Give the empty workbook with headings, words to choose from, and examples."""
    response = Response(imports.template(), mimetype=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="import.xlsx"'
    return response


@blueprint.route("/imports", methods=["GET"])
@allow(Permission.ROSTER_IMPORT)
@blueprint.answer(page_of(ImportOutput))
@blueprint.query(PageInput)
def list_imports(limit: int, after: str | None) -> dict[str, Any]:
    """List the workbooks that I sent, the newest first."""

    def fetch(**span: Any) -> Any:
        return imports.imports(session, actor(), **span)

    with transaction() as session:
        return page(fetch, lambda one: one.row.id, limit=limit, after=after)


@blueprint.route("/imports/<uuid:import_id>", methods=["GET"])
@allow(Permission.ROSTER_IMPORT)
@blueprint.answer(ImportOutput)
def get_import(import_id: UUID) -> Any:
    """Show one workbook that I sent: how far it is, and what its rows would do."""
    with transaction() as session:
        return _counted(session, imports.import_of(session, actor(), import_id))


@blueprint.route("/imports/<uuid:import_id>", methods=["PUT"])
@allow(Permission.ROSTER_IMPORT)
@blueprint.doc(requestBody=_WORKBOOK_BODY)
@blueprint.made_once(ImportOutput)
@blueprint.query(ImportWhereInput)
@takes(_WORKBOOK_BYTES)
def put_import(import_id: UUID, area_code: str) -> tuple[Any, int]:
    """Send a workbook for a community; it is checked within minutes, and nothing is entered yet."""
    note(area_code=area_code)
    data = request.get_data(cache=False)
    with transaction() as session:
        row, made = imports.send_workbook(
            session, actor(), parts().sealer, parts().photos, import_id, area_code=area_code, data=data
        )
        return _counted(session, row), once(made)


@blueprint.route("/imports/<uuid:import_id>/rows", methods=["GET"])
@allow(Permission.ROSTER_IMPORT)
@sensitive
@blueprint.answer(page_of(ImportRowOutput))
@blueprint.query(ImportRowListInput)
def list_import_rows(import_id: UUID, limit: int, after: str | None, **which: Any) -> dict[str, Any]:
    """List rows in the order of the workbook: what was found in each cell, and what each would change."""

    def fetch(**span: Any) -> Any:
        return imports.import_rows(session, actor(), parts().showing, import_id, **which, **span)

    with transaction() as session:
        return page(fetch, lambda one: one.row.id, limit=limit, after=after)


@blueprint.route("/imports/<uuid:import_id>/apply", methods=["POST"])
@allow(Permission.ROSTER_IMPORT, checked=True)
@blueprint.answer(ImportOutput)
@blueprint.body(ApplyImportInput, most_bytes=_CHOICE_BYTES)
def apply_import(sent: dict[str, Any], import_id: UUID) -> Any:
    """Enter all rows that are new or changed, or those that are chosen; a job does it within minutes."""
    with transaction() as session:
        return _counted(session, imports.apply_import(session, actor(), import_id, **sent))


@blueprint.route("/imports/<uuid:import_id>/cancel", methods=["POST"])
@allow(Permission.ROSTER_IMPORT)
@blueprint.answer(ImportOutput)
def cancel_import(import_id: UUID) -> Any:
    """Give a workbook up that is not entered yet: the file and what was found in it go at once."""
    with transaction() as session:
        return _counted(session, imports.cancel_import(session, actor(), parts().photos, import_id))
