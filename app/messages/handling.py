"""Doing what WeChat told us, each event once; what fails is tried again, and at last put before people."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import NotFoundError
from app.messages.arrivals import note_arrivals
from app.messages.credits import take_acceptances, turn_off
from app.messages.keeping import ASKED, CHANGED, CLOSED, REVOKED, SENT, cell
from app.messages.withdrawals import close_account, take_back
from app.models import WeChatEvent, WeChatEventState
from app.sealing import Sealer

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""Between the tries: all of them are over after six hours, well within the day that S-63 gives."""
DONE_KEPT = timedelta(days=7)
"""An emptied row serves only to know repetitions, which come within a minute."""
DEAD_KEPT = timedelta(days=90)


def due_events(session: Session, *, limit: int) -> list[UUID]:
    """List the events to be handled now, the oldest first."""
    return list(
        session.scalars(
            select(WeChatEvent.id)
            .where(WeChatEvent.state == WeChatEventState.WAITING, WeChatEvent.next_try_at <= now())
            .order_by(WeChatEvent.next_try_at, WeChatEvent.id)
            .limit(limit)
        )
    )


def handle(session: Session, sealer: Sealer, event_id: UUID) -> bool:
    """Do what an event asks for and empty it; say whether it was still to be done.

    Effect and mark are of one transaction: both stay, or neither.
    """
    event = _locked(session, event_id)
    if event.state is not WeChatEventState.WAITING:
        return False
    assert event.content_sealed is not None, "only what is done is empty"
    content = json.loads(sealer.open(event.content_sealed, cell(event.id)))
    _EFFECTS[event.kind](session, sealer, content)
    event.end(now())
    return True


def postpone(session: Session, event_id: UUID, fault: str) -> WeChatEvent:
    """Count a failure: the event waits for its next try, or is dead after the last one."""
    event = _locked(session, event_id)
    if event.state is WeChatEventState.WAITING:
        event.fail(fault, now() + WAITS[event.tries] if event.tries < len(WAITS) else None)
    return event


def dead_events(session: Session, *, limit: int) -> list[WeChatEvent]:
    """List what failed too often, the oldest first."""
    query = select(WeChatEvent).where(WeChatEvent.state == WeChatEventState.DEAD)
    return list(session.scalars(query.order_by(WeChatEvent.id).limit(limit)))


def try_again(session: Session, event_id: UUID) -> WeChatEvent:
    """Let a dead event be tried anew; one that waits or is done stays so. Raises NotFoundError."""
    event = _locked(session, event_id)
    if event.state is WeChatEventState.DEAD:
        event.revive(now())
    return event


def forget_old_events(session: Session) -> int:
    """Delete what was done a week ago, or died ninety days ago; give how many."""
    old_done = (WeChatEvent.state == WeChatEventState.DONE) & (WeChatEvent.done_at < now() - DONE_KEPT)
    old_dead = (WeChatEvent.state == WeChatEventState.DEAD) & (WeChatEvent.received_at < now() - DEAD_KEPT)
    result = session.execute(delete(WeChatEvent).where(old_done | old_dead))
    assert isinstance(result, CursorResult)
    return result.rowcount


def _locked(session: Session, event_id: UUID) -> WeChatEvent:
    event = session.get(WeChatEvent, event_id, with_for_update=True, populate_existing=True)
    if event is None:
        raise NotFoundError
    return event


_EFFECTS: Mapping[str, Callable[[Session, Sealer, Mapping[str, Any]], None]] = {
    REVOKED: take_back,
    CLOSED: close_account,
    ASKED: take_acceptances,
    CHANGED: turn_off,
    SENT: note_arrivals,
}
