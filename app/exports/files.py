"""The file of an export: made by a job, fetched once by whoever asked, deleted after a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import identity, notices
from app.actors import Actor
from app.adapters import CopyMissingError, PhotoStore
from app.clock import now
from app.errors import DomainError, Kind
from app.exports.asking import export_of
from app.exports.rows import HEADINGS, lines
from app.exports.workbook import Mark, write_workbook
from app.models import NoticeKind, RosterColumn, RosterExport, User
from app.sealed_files import FileKey, SealingSink, opened
from app.sealing import Cell, Sealer

LIFE = timedelta(hours=24)
"""How long a file waits to be fetched."""
SENDING = timedelta(minutes=10)
"""How long the first fetch may still be under way: its file stays for so long, its key does not."""


class ExportNotReadyError(DomainError):
    """The file is still being made."""

    code = "export_not_ready"
    kind = Kind.CONFLICT


class ExportOverError(DomainError):
    """The file was fetched before, or its 24 hours are over; another one needs another approval."""

    code = "export_over"
    kind = Kind.GONE


@dataclass(frozen=True)
class ExportFile:
    """A file's bytes, and how many."""

    size: int
    pieces: Iterator[bytes]


def export_file(
    session: Session, actor: Actor, sealer: Sealer, photos: PhotoStore, export_id: UUID, *, take: bool = True
) -> ExportFile:
    """Open the file for whoever asked for it and still holds the function there, once.

    Its key goes with this fetch; of two at the same moment the second waits and finds it gone. Without
    ``take`` it is looked at only, as HEAD does.

    Raises NotFoundError, ExportNotReadyError, ExportOverError.
    """
    _check(export_of(session, actor, export_id))  # does not wait for a job that is making it
    found = export_of(session, actor, export_id, locked=True)
    sealed, size = _check(found)
    key = FileKey.parse(found.id, sealer.open(sealed, _cell(found)))
    try:
        pieces = opened(photos.exports.pieces(found.id), key)
    except CopyMissingError:
        raise ExportOverError from None
    if take:
        found.key_sealed, found.fetched_at = None, now()
    return ExportFile(size, pieces)


def waiting_exports(session: Session) -> list[UUID]:
    """Give the exports that are to be made, the oldest first."""
    query = select(RosterExport.id).where(RosterExport.ready_at.is_(None), RosterExport.ended_at.is_(None))
    return list(session.scalars(query.order_by(RosterExport.asked_at, RosterExport.id)))


def make_export(session: Session, sealer: Sealer, photos: PhotoStore, export_id: UUID) -> bool:
    """Write the file of an export and say that it is ready; False if it was made or ended meanwhile.

    Who does not hold the function there any more gets nothing: the export ends.
    """
    row = session.get_one(RosterExport, export_id, with_for_update=True, populate_existing=True)
    if row.ready_at is not None or row.ended_at is not None:
        return False
    roles = identity.TABLE[identity.Permission.ROSTER_EXPORT].keys()
    if not identity.holders(session, row.area_code, roles, among={row.asked_by}):
        _end(photos, row)
        return False
    columns = [RosterColumn(word) for word in row.columns]
    mark = Mark(session.get_one(User, row.asked_by).name, row.asked_at, row.purpose, row.id)
    told = lines(session, sealer, row.area_code, columns, clear=row.clear)
    key = FileKey.new(row.id, sealer.suite)
    with photos.exports.writer(row.id) as file:
        sink = SealingSink(file, key)
        row.row_count = write_workbook(sink, mark, [HEADINGS[column] for column in columns], told)
        sink.close()
    row.ready_at, row.expires_at, row.size = now(), now() + LIFE, sink.size
    row.key_sealed = sealer.seal(str(key), _cell(row))
    notices.post(
        session, NoticeKind.ROSTER_EXPORT, to=row.asked_by, area_code=row.area_code, export_id=row.id
    )
    return True


def end_exports(session: Session, photos: PhotoStore, *, limit: int) -> int:
    """Delete files and keys of exports that were fetched, or whose time is over; give how many."""
    over = session.scalars(
        select(RosterExport)
        .where(
            RosterExport.ended_at.is_(None),
            or_(RosterExport.expires_at <= now(), RosterExport.fetched_at <= now() - SENDING),
        )
        .order_by(RosterExport.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in over:
        _end(photos, row)
    return len(over)


def _check(row: RosterExport) -> tuple[bytes, int]:
    """Give the sealed key and the size of a file that can be fetched."""
    is_late = row.expires_at is not None and row.expires_at <= now()
    if row.fetched_at is not None or row.ended_at is not None or is_late:
        raise ExportOverError
    if row.key_sealed is None or row.size is None:
        raise ExportNotReadyError
    return row.key_sealed, row.size


def _end(photos: PhotoStore, row: RosterExport) -> None:
    photos.exports.delete(row.id)
    row.key_sealed, row.ended_at = None, now()


def _cell(row: RosterExport) -> Cell:
    return Cell("roster_exports", "key_sealed", row.id)
