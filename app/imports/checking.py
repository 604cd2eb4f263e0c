"""Checking a workbook, as the job does: nothing is entered, each row is told what it would do."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.adapters import (
    CopyMissingError,
    PhotoStore,
    WorkbookActiveError,
    WorkbookTooLargeError,
    WorkbookUnreadableError,
)
from app.clock import now
from app.identity import at_work
from app.ids import new_id
from app.imports.asking import key_cell
from app.imports.kinds import WORKS, kinds_of, may_enter
from app.imports.reading import Book, TooLongError, read_book
from app.imports.scene import Judged, NewPerson, Scene, Spot
from app.imports.telling import Told
from app.imports.told import tell_checked, tell_failed
from app.models import ImportFailure, ImportRow, ImportState, RosterImport
from app.sealed_files import FileKey, opened
from app.sealing import Sealer

TRIES = 5
_PAUSE = timedelta(minutes=1)
_UNREADABLE = (CopyMissingError, WorkbookUnreadableError, WorkbookTooLargeError, WorkbookActiveError)


def waiting_imports(session: Session, state: ImportState) -> list[UUID]:
    """Give the imports that are to be checked, or entered, now: the oldest first."""
    query = select(RosterImport.id).where(RosterImport.state == state, RosterImport.try_at <= now())
    return list(session.scalars(query.order_by(RosterImport.asked_at, RosterImport.id)))


def begin_check(session: Session, import_id: UUID) -> bool:
    """Count a try, and take away what one before left; say whether it is to be checked."""
    row = _waiting(session, import_id)
    if row is None:
        return False
    if row.tries >= TRIES:
        _fail(session, row, ImportFailure.FAULT)
        return False
    row.tries, row.try_at = row.tries + 1, now() + _PAUSE * (row.tries + 1)
    row.rows_total, row.rows_done, row.notes = None, 0, []
    session.execute(delete(ImportRow).where(ImportRow.import_id == row.id))
    return True


def read_import(session: Session, sealer: Sealer, photos: PhotoStore, import_id: UUID) -> Book | None:
    """Read the workbook, and keep what was found about its sheets; None if it is over, or fails for good."""
    row = _waiting(session, import_id)
    if row is None or row.key_sealed is None:
        return None
    mine, others = kinds_of(at_work.actor_at_work(session, row.asked_by), row.area_code)
    if not mine:
        _fail(session, row, ImportFailure.NO_FUNCTION)
        return None
    key = FileKey.parse(row.id, sealer.open(row.key_sealed, key_cell(row.id)))
    try:
        data = b"".join(opened(photos.imports.pieces(row.id), key))
        book = read_book(data, mine, others=others)
    except TooLongError:
        _fail(session, row, ImportFailure.TOO_LONG)
        return None
    except _UNREADABLE:
        _fail(session, row, ImportFailure.UNREADABLE)
        return None
    row.notes = [{"sheet": one.sheet, "finding": one.finding.plain()} for one in book.notes]
    if book.sheets == 0:
        _fail(session, row, ImportFailure.NO_SHEET)
        return None
    row.rows_total = len(book.rows)
    return book


def judge(session: Session, sealer: Sealer, import_id: UUID, book: Book) -> Iterator[Judged]:
    """Say of each row what it would do, sheet by sheet; the session reads only."""
    row = session.get_one(RosterImport, import_id)
    actor = at_work.actor_at_work(session, row.asked_by)
    places: dict[str, Spot] = {}
    grids: dict[str, str] = {}
    people: list[NewPerson] = []
    for sheet, work in WORKS.items():
        reaching = may_enter(actor, work.kind, row.area_code)
        rows = [one for one in book.rows if one.kind.sheet is sheet]
        if rows and reaching is not None:
            scene = Scene(session, reaching, sealer, row.area_code, places, grids, people)
            yield from work.judge(scene, rows)


def keep_rows(session: Session, sealer: Sealer, import_id: UUID, rows: Sequence[Judged]) -> bool:
    """Keep what was judged, sealed; False if the import was given up meanwhile."""
    row = _waiting(session, import_id)
    if row is None:
        return False
    if rows:
        kept = []
        for one in rows:
            row_id = new_id()
            kept.append(
                {
                    "id": row_id,
                    "import_id": import_id,
                    "sheet": one.row.kind.sheet,
                    "row_number": one.row.number,
                    "state": one.state,
                    "chosen": False,
                    "content_sealed": Told.of(one).sealed(sealer, row_id),
                }
            )
        session.execute(insert(ImportRow), kept)
    row.rows_done += len(rows)
    return True


def end_check(session: Session, photos: PhotoStore, import_id: UUID) -> None:
    """Say that all rows were checked; the file is needed no more, and goes."""
    row = _waiting(session, import_id)
    if row is not None:
        row.advance(ImportState.CHECKED)
        row.checked_at, row.key_sealed = now(), None
        photos.imports.delete(import_id)
        tell_checked(session, row)


def _fail(session: Session, row: RosterImport, why: ImportFailure) -> None:
    """Say for good that nothing is entered."""
    row.advance(ImportState.FAILED)
    row.failure = why
    tell_failed(session, row)


def _waiting(session: Session, import_id: UUID) -> RosterImport | None:
    """Give an import, locked, that still waits to be checked."""
    row = session.get_one(
        RosterImport, import_id, with_for_update={"key_share": True}, populate_existing=True
    )
    return row if row.state is ImportState.WAITING else None
