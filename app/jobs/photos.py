"""Jobs of photos that follow their arrival."""

from sqlalchemy.orm import Session

from app import evidence
from app.db import batches, sessions_for
from app.jobs.work import Means, record_job

_FEW = 20
"""At once: each takes tens of milliseconds, and its row is held until all are done."""


def scan_photos(means: Means) -> int:
    """Scan photos that could not be scanned when they came; give how many were."""

    def work(session: Session) -> int:
        done = evidence.scan_again(session, means.photos, limit=_FEW)
        record_job(session, means, "scan_photos", done)
        return done

    return sum(batches(sessions_for(means.engine), work, size=_FEW))


def compare_photos(means: Means) -> int:
    """Look up new photos among all others, so that people see which may be used again; give how many."""

    def work(session: Session) -> int:
        done = evidence.compare(session, means.photos, limit=_FEW)
        record_job(session, means, "compare_photos", done)
        return done

    return sum(batches(sessions_for(means.engine), work, size=_FEW))
