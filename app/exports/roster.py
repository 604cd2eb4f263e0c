"""Files of the roster as a kind of what is taken out."""

from sqlalchemy.orm import Session

from app.adapters import PhotoStore, Sink
from app.exports import asking
from app.exports.kinds import ExportKind
from app.exports.rows import HEADINGS, lines, rows_of
from app.exports.workbook import Mark, write_workbook
from app.identity import Permission
from app.models import NoticeKind, RosterColumn, RosterExport
from app.sealing import Sealer

_SHEET = "名册"
_NOTE = (
    "不满14周岁的孩子只写姓，不含未成年人的出生日期和号码，不含已注销账号的居民。"
    "只能用于上面写的用途，用完请删除。"
)


def _is_too_big(session: Session, row: RosterExport) -> bool:
    return rows_of(session, row.area_code) > asking.ROWS_MOST


def _write(
    session: Session,
    sealer: Sealer,
    photos: PhotoStore,  # noqa: ARG001 - of a kind
    row: RosterExport,
    mark: Mark,
    sink: Sink,
) -> int:
    columns = [RosterColumn(word) for word in row.columns]
    told = lines(session, sealer, row.area_code, columns, clear=row.clear)
    headings = [HEADINGS[column] for column in columns]
    return write_workbook(sink, mark, headings, told, sheet=_SHEET, note=lambda: _NOTE)


ROSTER = ExportKind(
    RosterExport,
    Permission.ROSTER_EXPORT,
    NoticeKind.ROSTER_EXPORT,
    named="export_id",
    is_too_big=_is_too_big,
    write=_write,
)
