"""Files of a community's roster, each approved by a county officer and fetched once."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import marshmallow as ma
from flask import Response, request
from marshmallow import fields

from app import exports
from app.api.http.allow import actor, allow
from app.api.http.blueprint import Blueprint, once
from app.api.http.fields import Flag, Input, Output, area_code, listed, sent_moment, uid, word
from app.api.http.paging import PageInput, page, page_of
from app.api.http.parts import parts
from app.api.http.recording import note, sensitive, transaction
from app.exports import ExportFailure, ExportState, RosterColumn
from app.identity import Permission

blueprint = Blueprint("roster_exports", __name__, description="导出名册")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBERS = {RosterColumn.PHONE, RosterColumn.ID_NUMBER}


class ExportInput(Input):
    """Whose residents, what of them, and whether adults' numbers stand there in full."""

    area_code = area_code(required=True)
    columns = listed(word(RosterColumn), len(RosterColumn), least=1, required=True)
    clear = Flag(load_default=False)

    @ma.validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a column twice, and clear numbers where there are none."""
        if len(set(data["columns"])) < len(data["columns"]):
            raise ma.ValidationError("有一栏选了两次", "columns")
        if data["clear"] and _NUMBERS.isdisjoint(data["columns"]):
            raise ma.ValidationError("没有选手机号或身份证号，不用显示完整号码", "clear")

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Give what the domain takes."""
        return exports.NewExport(**data)


class NamedExportInput(ExportInput):
    """An export, under the id that it will have."""

    id = uid(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Give the export's id, and what the domain takes."""
        export_id = data.pop("id")
        return export_id, exports.NewExport(**data)


class ApprovedExportInput(ExportInput):
    """An export, and the approval that was given for it."""

    approval_id = uid(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Give what the domain takes: the export, and the approval beside it."""
        approval_id = data.pop("approval_id")
        return exports.NewExport(**data), approval_id


class FailureOutput(Output):
    """Why an export has no file, and what to do."""

    code = fields.Enum(ExportFailure, by_value=True, required=True)
    text = fields.String(required=True)


class TakenOutOutput(Output):
    """A file that somebody asked for; it is there once it is ready, until it is fetched or expires."""

    in_words: ClassVar[Mapping[ExportFailure, str]]
    """What a reason says to whoever asked."""
    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    purpose = fields.String(required=True)
    state = fields.Enum(ExportState, by_value=True, required=True)
    failure = fields.Nested(FailureOutput, required=True, allow_none=True)
    asked_at = sent_moment(required=True)
    failed_at = sent_moment(required=True, allow_none=True)
    ready_at = sent_moment(required=True, allow_none=True)
    expires_at = sent_moment(required=True, allow_none=True)
    row_count = fields.Integer(required=True, allow_none=True)
    size = fields.Integer(required=True, allow_none=True)
    fetched_at = sent_moment(required=True, allow_none=True)
    ended_at = sent_moment(required=True, allow_none=True)

    @ma.pre_dump
    def say_why(self, export: Any, **_: Any) -> dict[str, Any]:
        """Put the reason in words beside its code."""
        why = export.failure
        failure = None if why is None else {"code": why, "text": self.in_words[why]}
        return {name: getattr(export, name) for name in self.fields} | {"failure": failure}


class ExportOutput(TakenOutOutput):
    """An export of the roster."""

    in_words = exports.IN_WORDS
    columns = fields.List(fields.String(), required=True)
    clear = fields.Boolean(required=True)
    approved_by = fields.UUID(required=True)


@blueprint.route("/roster-exports", methods=["GET"])
@allow(Permission.ROSTER_EXPORT)
@blueprint.answer(page_of(ExportOutput))
@blueprint.query(PageInput)
def list_exports(limit: int, after: str | None) -> dict[str, Any]:
    """List the exports that I asked for, the newest first."""

    def fetch(**span: Any) -> Any:
        return exports.exports(session, actor(), **span)

    with transaction() as session:
        return page(fetch, lambda export: export.id, limit=limit, after=after)


@blueprint.route("/roster-exports/<uuid:export_id>", methods=["GET"])
@allow(Permission.ROSTER_EXPORT)
@blueprint.answer(ExportOutput)
def get_export(export_id: UUID) -> Any:
    """Show one export that I asked for."""
    with transaction() as session:
        return exports.export_of(session, actor(), export_id)


@blueprint.route("/roster-exports/<uuid:export_id>", methods=["PUT"])
@allow(Permission.ROSTER_EXPORT, checked=True)
@blueprint.made_once(ExportOutput)
@blueprint.body(ApprovedExportInput)
def put_export(sent: tuple[exports.NewExport, UUID], export_id: UUID) -> tuple[Any, int]:
    """Ask for a file of the roster that a county officer approved; it is made within minutes."""
    new, approval_id = sent
    note(area_code=new.area_code, approval_id=str(approval_id), clear=new.clear)
    with transaction() as session:
        export, made = exports.ask_export(
            session, actor(), parts().photos, export_id, new, approval_id=approval_id
        )
    return export, once(made)


@blueprint.route("/roster-exports/<uuid:export_id>/file", methods=["GET"])
@allow(Permission.ROSTER_EXPORT, checked=True)
@sensitive
@blueprint.file(WORKBOOK)
def get_export_file(export_id: UUID) -> Response:
    """Give the file, an Excel workbook, to whoever asked for it, once."""
    take = request.method == "GET"  # HEAD, which Flask answers by the same view, takes nothing
    with transaction() as session:
        file = exports.export_file(session, actor(), parts().sealer, parts().photos, export_id, take=take)
    return workbook_of(file, f"roster-{export_id}")


def workbook_of(file: exports.ExportFile, name: str) -> Response:
    """Give a file's bytes as a workbook of this name."""
    response = Response(file.pieces, mimetype=WORKBOOK)
    response.content_length = file.size
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
