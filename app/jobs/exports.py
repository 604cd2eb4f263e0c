"""The jobs that make files of the roster, and take them away."""

import structlog
from sqlalchemy.orm import Session

from app import exports
from app.db import batches, sessions_for, transaction
from app.jobs.work import Means, record_job

log = structlog.get_logger()
_BATCH = 200


def make_roster_exports(means: Means) -> int:
    """Make the files of the roster that were asked for and approved; give how many.

    Each is read in one snapshot, of its own; what is wrong with one of them keeps no other waiting.
    """
    snapshots = sessions_for(means.engine.execution_options(isolation_level="REPEATABLE READ"))
    with transaction(snapshots()) as session:
        waiting = exports.waiting_exports(session)
    made = 0
    for export_id in waiting:
        try:
            with transaction(snapshots()) as session:
                done = exports.make_export(session, means.sealer, means.photos, export_id)
                record_job(session, means, "make_roster_exports", int(done), export_id=str(export_id))
        except Exception:
            log.exception("export_failed", export_id=str(export_id))
            continue
        made += done
    return made


def end_roster_exports(means: Means) -> int:
    """Delete files and keys of exports that were fetched or expired; give how many."""

    def work(session: Session) -> int:
        done = exports.end_exports(session, means.photos, limit=_BATCH)
        record_job(session, means, "end_roster_exports", done)
        return done

    return sum(batches(sessions_for(means.engine), work, size=_BATCH))
