"""What the jobs do about WeChat: handle what it told us."""

from uuid import UUID

import structlog

from app import messages
from app.db import sessions_for, transaction
from app.jobs.work import Means, record_job
from app.messages import WeChatEvent, WeChatEventState

log = structlog.get_logger()
_BATCH = 200


def handle_events(means: Means) -> int:
    """Do what WeChat's events ask for; give how many were done. One that fails does not hold up the rest."""
    with transaction(sessions_for(means.engine)()) as session:
        due = messages.due_events(session, limit=_BATCH)
    return sum(_handle(means, event_id) for event_id in due)


def _handle(means: Means, event_id: UUID) -> int:
    try:
        with transaction(sessions_for(means.engine)()) as session:
            done = messages.handle(session, means.sealer, event_id)
            record_job(session, means, "handle_events", int(done))
    except Exception as error:
        log.exception("event_failed", event_id=str(event_id))
        with transaction(sessions_for(means.engine)()) as session:
            event = messages.postpone(session, event_id, type(error).__name__)
        done = False
        _cry_out(event)
    return int(done)


def _cry_out(event: WeChatEvent) -> None:
    if event.state is WeChatEventState.DEAD:
        log.error("event_dead", event_id=str(event.id), kind=event.kind)


def forget_old_events(means: Means) -> int:
    """Delete the rows of events that are done or given up long since; give how many."""
    with transaction(sessions_for(means.engine)()) as session:
        forgotten = messages.forget_old_events(session)
        record_job(session, means, "forget_old_events", forgotten)
    return forgotten
