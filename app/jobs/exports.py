"""The jobs that make files to be taken out, and take them away."""

from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app import exports, hazards
from app.db import batches, sessions_for, transaction
from app.exports import ExportKind, ExportState
from app.jobs.work import Means, record_job

log = structlog.get_logger()
_BATCH = 200


def make_roster_exports(means: Means) -> int:
    """Make the files of the roster that were asked for and approved; give how many."""
    return _make_all(means, exports.ROSTER, "make_roster_exports")


def make_hazard_exports(means: Means) -> int:
    """Make the files of the ledger of hazards that were asked for; give how many."""
    return _make_all(means, hazards.LEDGER, "make_hazard_exports")


def end_roster_exports(means: Means) -> int:
    """Delete files and keys of the roster that were fetched, failed or expired; give how many."""
    return _end_all(means, exports.ROSTER, "end_roster_exports")


def end_hazard_exports(means: Means) -> int:
    """Delete files and keys of the ledger of hazards likewise; give how many."""
    return _end_all(means, hazards.LEDGER, "end_hazard_exports")


def _make_all(means: Means, kind: ExportKind, job: str) -> int:
    """Make what waits. What is wrong with one keeps no other waiting: it is tried again, then given up."""
    with transaction(sessions_for(means.engine)()) as session:
        waiting = exports.waiting_exports(session, kind=kind)
    made = 0
    for export_id in waiting:
        try:
            made += _make(means, kind, job, export_id)
        except Exception:
            log.exception("export_not_made", export_id=str(export_id))
    return made


def _make(means: Means, kind: ExportKind, job: str, export_id: UUID) -> int:
    """Count the try in a transaction of its own, then make the file from one snapshot; give how many."""
    with transaction(sessions_for(means.engine)()) as session:
        state = exports.begin_export(session, export_id, kind=kind)
        _record(session, means, job, export_id, state)
    if state is not ExportState.MAKING:
        return 0
    snapshots = sessions_for(means.engine.execution_options(isolation_level="REPEATABLE READ"))
    with transaction(snapshots()) as session:
        state = exports.make_export(session, means.sealer, means.photos, export_id, kind=kind)
        _record(session, means, job, export_id, state)
    return int(state is ExportState.READY)


def _record(session: Session, means: Means, job: str, export_id: UUID, state: ExportState | None) -> None:
    """Leave an entry once a file is ready, or failed for good."""
    if state is ExportState.FAILED:
        log.error("export_failed", export_id=str(export_id))
    if state in {ExportState.READY, ExportState.FAILED}:
        record_job(session, means, job, 1, export_id=str(export_id), state=str(state))


def _end_all(means: Means, kind: ExportKind, job: str) -> int:
    def work(session: Session) -> int:
        done = exports.end_exports(session, means.photos, limit=_BATCH, table=kind.table)
        record_job(session, means, job, done)
        return done

    return sum(batches(sessions_for(means.engine), work, size=_BATCH))
