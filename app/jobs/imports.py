"""The jobs that check workbooks, enter their rows, and take away what is left of them."""

from collections.abc import Iterable, Iterator
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app import imports
from app.db import batches, sessions_for, transaction
from app.imports import ImportState
from app.jobs.work import Means, record_job

log = structlog.get_logger()
_BATCH = 200
_KEPT_AT_ONCE = 500


def check_imports(means: Means) -> int:
    """Check the workbooks that were sent; give how many. One that breaks keeps no other waiting."""
    done = 0
    for import_id in _waiting(means, ImportState.WAITING):
        try:
            done += _check(means, import_id)
        except Exception:
            log.exception("import_not_checked", import_id=str(import_id))
    return done


def apply_imports(means: Means) -> int:
    """Enter the rows that are to be entered, batch by batch; give how many were."""
    done = 0
    for import_id in _waiting(means, ImportState.APPLYING):
        try:
            for entered in _apply(means, import_id):
                done += entered
        except Exception:
            log.exception("import_not_applied", import_id=str(import_id))
            _put_off(means, import_id)
    return done


def _put_off(means: Means, import_id: UUID) -> None:
    """Let an import that broke wait; where even that fails, no other waits with it."""
    try:
        with transaction(sessions_for(means.engine)()) as session:
            imports.put_off(session, means.sealer, import_id)
    except Exception:
        log.exception("import_not_put_off", import_id=str(import_id))


def end_imports(means: Means) -> int:
    """Delete files and rows of imports that are over; give of how many."""

    def work(session: Session) -> int:
        done = imports.end_imports(session, means.photos, limit=_BATCH)
        record_job(session, means, "end_imports", done)
        return done

    return sum(batches(sessions_for(means.engine), work, size=_BATCH))


def _waiting(means: Means, state: ImportState) -> list[UUID]:
    with transaction(sessions_for(means.engine)()) as session:
        return imports.waiting_imports(session, state)


def _check(means: Means, import_id: UUID) -> int:
    """Read a workbook and keep what is found, a batch a transaction, so that progress is seen."""
    new_session = sessions_for(means.engine)
    with transaction(new_session()) as session:
        if not imports.begin_check(session, import_id):
            return 0
    with transaction(new_session()) as session:
        book = imports.read_import(session, means.sealer, means.photos, import_id)
    if book is None:
        return 0
    with new_session() as reading:
        for rows in _some(imports.judge(reading, means.sealer, import_id, book)):
            with transaction(new_session()) as session:
                if not imports.keep_rows(session, means.sealer, import_id, rows):
                    return 0
    with transaction(new_session()) as session:
        imports.end_check(session, means.photos, import_id)
        record_job(session, means, "check_imports", len(book.rows), import_id=str(import_id))
    return 1


def _some(rows: Iterable[imports.Judged]) -> Iterator[list[imports.Judged]]:
    kept: list[imports.Judged] = []
    for row in rows:
        kept.append(row)
        if len(kept) == _KEPT_AT_ONCE:
            yield kept
            kept = []
    if kept:
        yield kept


def _apply(means: Means, import_id: UUID) -> Iterator[int]:
    """Enter a batch a transaction, each with its entry in the trail, until none is left."""
    while True:
        with transaction(sessions_for(means.engine)()) as session:
            seen, entered = imports.apply_some(session, means.sealer, import_id)
            record_job(session, means, "apply_imports", entered, import_id=str(import_id))
        if seen == 0:
            return
        yield entered
