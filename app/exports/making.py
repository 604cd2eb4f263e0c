"""Making the file of an export: tried a few times, and given up in words that whoever asked can read."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import identity, notices
from app.adapters import PhotoStore
from app.clock import now
from app.exports import asking
from app.exports.files import LIFE, key_cell
from app.exports.kinds import ExportKind
from app.exports.roster import ROSTER
from app.exports.workbook import Mark
from app.models import ExportFailure, ExportState, TakenOut, User
from app.sealed_files import FileKey, SealingSink
from app.sealing import Sealer

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 1))
"""How long after each try another may begin, or the export is given up: there are as many tries as pauses.

Together they outlast a restart of the database or of the photo store, and end while somebody still waits.
"""
MADE_WITHIN = timedelta(hours=24)
"""After that nothing is made any more: what was agreed to was a file for that day."""
IN_WORDS = {
    ExportFailure.FAULT: "系统出了问题，试了几次都没有做成，请告诉系统管理员，修好后重新申请审批",
    ExportFailure.LATE: "过了24小时还没有做成，请重新申请审批",
    ExportFailure.TOO_BIG: f"人数超过了{asking.ROWS_MOST}人，请按网格分开，重新申请审批",
    ExportFailure.NO_FUNCTION: "您已经不管这个地方的名册，不能再导出",
}
"""What whoever asked reads, and what he can do."""


def waiting_exports(session: Session, *, kind: ExportKind = ROSTER) -> list[UUID]:
    """Give the exports that are to be made or given up now, the oldest first."""
    table = kind.table
    query = select(table.id).where(
        table.ready_at.is_(None),
        table.failed_at.is_(None),
        table.ended_at.is_(None),
        table.try_at <= now(),
    )
    return list(session.scalars(query.order_by(table.asked_at, table.id)))


def begin_export(session: Session, export_id: UUID, *, kind: ExportKind = ROSTER) -> ExportState | None:
    """Count a try (making), or give the export up if there were enough (failed); None if it is made by now.

    To be committed before the file is made, so that a try counts that took its process with it.
    """
    row = session.get_one(kind.table, export_id, with_for_update=True, populate_existing=True)
    if row.state is not ExportState.MAKING:
        return None
    if row.tries >= len(PAUSES):
        return _fail(session, kind, row, ExportFailure.FAULT)
    if row.asked_at + MADE_WITHIN <= now():
        return _fail(session, kind, row, ExportFailure.LATE)
    row.try_at = now() + PAUSES[row.tries]
    row.tries += 1
    return ExportState.MAKING


def make_export(
    session: Session, sealer: Sealer, photos: PhotoStore, export_id: UUID, *, kind: ExportKind = ROSTER
) -> ExportState | None:
    """Write the file of an export (ready), or say why there will be none (failed); None if it is made by now.

    Who does not hold the function there any more gets nothing, and neither does a file grow beyond what one
    may hold: its lines are counted again, in the snapshot that they are read from.
    """
    row = session.get_one(kind.table, export_id, with_for_update=True, populate_existing=True)
    if row.state is not ExportState.MAKING:
        return None
    roles = identity.TABLE[kind.permission].keys()
    if not identity.holders(session, row.area_code, roles, among={row.asked_by}):
        return _fail(session, kind, row, ExportFailure.NO_FUNCTION)
    if kind.is_too_big(session, row):
        return _fail(session, kind, row, ExportFailure.TOO_BIG)
    mark = Mark(session.get_one(User, row.asked_by).name, row.asked_at, row.purpose, row.id)
    key = FileKey.new(row.id, sealer.suite)
    with photos.exports.writer(row.id) as file:
        sink = SealingSink(file, key)
        row.row_count = kind.write(session, sealer, photos, row, mark, sink)
        sink.close()
    row.ready_at, row.expires_at, row.size = now(), now() + LIFE, sink.size
    row.key_sealed = sealer.seal(str(key), key_cell(row))
    return _told(session, kind, row)


def _fail(session: Session, kind: ExportKind, row: TakenOut, why: ExportFailure) -> ExportState:
    """Say for good that there is no file; what a try left of one is deleted when exports are ended."""
    row.failed_at, row.failure = now(), why
    return _told(session, kind, row)


def _told(session: Session, kind: ExportKind, row: TakenOut) -> ExportState:
    """Tell whoever asked what became of it, and why there is no file; give what became of it.

    Who lost the function reads the export itself no more, so the reason stands in the notice.
    """
    state = row.state
    told: dict[str, object] = {"what": state, kind.named: row.id}
    if row.failure is not None:
        told["reason"] = row.failure
    notices.post(session, kind.notice, to=row.asked_by, area_code=row.area_code, **told)
    return state
