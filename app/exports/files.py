"""The file of an export: fetched once by whoever asked, deleted after a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.adapters import CopyMissingError, PhotoStore
from app.clock import now
from app.errors import DomainError, Kind
from app.exports.reading import export_of
from app.models import ExportState, RosterExport, TakenOut
from app.sealed_files import FileKey, opened
from app.sealing import Cell, Sealer

LIFE = timedelta(hours=24)
"""How long a file waits to be fetched."""


class ExportNotReadyError(DomainError):
    """The file is still being made."""

    code = "export_not_ready"
    kind = Kind.CONFLICT


class ExportOverError(DomainError):
    """The file was fetched before, or its 24 hours are over; another one needs another approval."""

    code = "export_over"
    kind = Kind.GONE


class ExportFailedError(DomainError):
    """The file could not be made; the export says why."""

    code = "export_failed"
    kind = Kind.GONE


@dataclass(frozen=True)
class ExportFile:
    """A file's bytes, and how many."""

    size: int
    pieces: Iterator[bytes]


def export_file(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    photos: PhotoStore,
    export_id: UUID,
    *,
    take: bool = True,
    table: type[Any] = RosterExport,
) -> ExportFile:
    """Open the file for whoever asked for it and still holds the function there, once.

    Its key goes with this fetch; of two at the same moment the second waits and finds it gone. Without
    ``take`` it is looked at only, as HEAD does.

    Raises NotFoundError, ExportNotReadyError, ExportOverError, ExportFailedError.
    """
    _check(export_of(session, actor, export_id, table=table))  # does not wait for a job that is making it
    found = export_of(session, actor, export_id, locked=True, table=table)
    sealed, size = _check(found)
    key = FileKey.parse(found.id, sealer.open(sealed, key_cell(found)))
    try:
        pieces = opened(photos.exports.pieces(found.id), key)
    except CopyMissingError:
        raise ExportOverError from None
    if take:
        found.key_sealed, found.fetched_at = None, now()
    return ExportFile(size, pieces)


def key_cell(row: Any) -> Cell:
    """Give the place that the key of a file is sealed for."""
    return Cell(row.__tablename__, "key_sealed", row.id)


def _check(row: TakenOut) -> tuple[bytes, int]:
    """Give the sealed key and the size of a file that can be fetched."""
    if row.state is ExportState.FAILED:
        raise ExportFailedError
    if row.state is ExportState.MAKING:
        raise ExportNotReadyError
    if row.state is not ExportState.READY:
        raise ExportOverError
    assert row.key_sealed is not None, "it goes with the first fetch and with the end"
    assert row.size is not None, "it was written with ready_at"
    return row.key_sealed, row.size
