"""What the jobs do: each takes what it needs, calls one verb in its own transaction, and may run again."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Engine

from app import evidence, identity, points
from app.adapters import PhotoStore
from app.clock import now
from app.db import sessions_for, transaction

log = structlog.get_logger()
_BATCH = 200
ORPHAN_AGE = timedelta(days=1)
"""A photo is stored before its row: younger files may still get one."""


@dataclass(frozen=True)
class Means:
    """What jobs work with."""

    engine: Engine
    photos: PhotoStore


def post_due_claims(means: Means) -> int:
    """Post the claims whose public notice is over; give how many."""
    posted = 0
    while True:
        with transaction(sessions_for(means.engine)()) as session:
            batch = points.post_due(session, limit=_BATCH)
        posted += batch
        if batch < _BATCH:
            return posted


def reconcile(means: Means) -> int:
    """Compare every balance with its entries and say what does not agree; give how many findings."""
    with transaction(sessions_for(means.engine)()) as session:
        findings = points.reconcile(session)
    for finding in findings:
        log.error("ledger_disagrees", finding=str(finding))
    return len(findings)


def forget_old_sessions(means: Means) -> int:
    """Delete sign-ins that ended long ago; give how many."""
    with transaction(sessions_for(means.engine)()) as session:
        return identity.forget_old_sessions(session)


def sweep_photos(means: Means) -> int:
    """Delete files that no photo's row names; give how many."""
    removed, before = 0, now() - ORPHAN_AGE
    while True:
        with transaction(sessions_for(means.engine)()) as session:
            batch = evidence.sweep_orphans(session, means.photos, before, most=_BATCH)
        removed += batch
        if batch < _BATCH:
            return removed
