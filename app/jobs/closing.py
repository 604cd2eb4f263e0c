"""The job that closes accounts: shut first, then emptied in batches, each in a transaction of its own."""

from collections.abc import Callable
from uuid import UUID

import structlog
from psycopg.errors import LockNotAvailable
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import own_data
from app.db import sessions_for, transaction
from app.jobs.work import Means, record_job

log = structlog.get_logger()
_BATCH = 200
_JOB = "carry_out_closings"


def carry_out_closings(means: Means) -> int:
    """Shut the accounts whose time to think is over, and empty those shut a while ago; give how many steps.

    One that fails, or gives way to somebody who has a row of it, is told and holds up no other; the next run
    goes on where this one ended. One that always gives way is an error after an hour.
    """
    with transaction(sessions_for(means.engine)()) as session:
        due = own_data.due_closings(session, limit=_BATCH)
        begun = own_data.begun_closings(session, limit=_BATCH)
    steps = sum(_guarded(means, closing_id, _begin) for closing_id in due)
    steps += sum(_guarded(means, closing_id, _erase) for closing_id in begun)
    _cry_out(means)
    return steps + _follow_up(means)


def _cry_out(means: Means) -> None:
    with transaction(sessions_for(means.engine)()) as session:
        for row in own_data.stuck_closings(session, limit=_BATCH):
            log.error("closing_stuck", closing_id=str(row.id), state=str(row.state))


def _guarded(means: Means, closing_id: UUID, step: Callable[[Means, UUID], int]) -> int:
    try:
        return step(means, closing_id)
    except Exception as fault:
        if isinstance(fault, OperationalError) and isinstance(fault.orig, LockNotAvailable):
            log.info("closing_gave_way", closing_id=str(closing_id))
        else:
            log.exception("closing_failed", closing_id=str(closing_id))
        return 0


def _begin(means: Means, closing_id: UUID) -> int:
    with transaction(sessions_for(means.engine)()) as session:
        done = int(own_data.begin_closing(session, means.sealer, closing_id))
        _record(session, means, closing_id, done, "begin")
    return done


def _erase(means: Means, closing_id: UUID) -> int:
    taken = 0
    while True:
        with transaction(sessions_for(means.engine)()) as session:
            batch = own_data.erase_some(session, means.photos, closing_id, limit=_BATCH)
            _record(session, means, closing_id, batch, "erase")
        taken += batch
        if batch == 0:
            break
    with transaction(sessions_for(means.engine)()) as session:
        done = int(own_data.end_erasing(session, closing_id))
        _record(session, means, closing_id, done, "end")
    return taken + done


def _follow_up(means: Means) -> int:
    done = 0
    while True:
        with transaction(sessions_for(means.engine)()) as session:
            batch = own_data.follow_up(session, means.photos, limit=_BATCH)
            record_job(session, means, _JOB, batch, step="follow_up")
        done += batch
        if batch == 0:
            return done


def _record(session: Session, means: Means, closing_id: UUID, count: int, step: str) -> None:
    record_job(session, means, _JOB, count, closing_id=str(closing_id), step=step)
