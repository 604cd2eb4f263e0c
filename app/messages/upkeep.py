"""Looking after messages: what failed is listed and may be tried anew, and what is over is forgotten."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import CursorResult, Delete, delete, exists, or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import NotFoundError
from app.models import OVER, MessageAcceptance, MessageCredit, MessageSend, SendState, WeChatLink

SENDS_KEPT = timedelta(days=90)
"""Long enough to answer why somebody got a message, or none."""


def failed_sends(session: Session, *, limit: int) -> list[MessageSend]:
    """List what failed for good, the newest first."""
    query = select(MessageSend).where(MessageSend.state == SendState.FAILED)
    return list(session.scalars(query.order_by(MessageSend.id.desc()).limit(limit)))


def send_again(session: Session, send_id: UUID) -> MessageSend:
    """Let a sending that failed be tried anew; any other stays as it is. Raises NotFoundError."""
    send = session.get(MessageSend, send_id, with_for_update=True, populate_existing=True)
    if send is None:
        raise NotFoundError
    if send.state is SendState.FAILED:
        send.revive(now())
    return send


def forget_old_sends(session: Session) -> int:
    """Delete sendings that ended ninety days ago, and what was accepted and is void; give how many rows."""
    before = now() - SENDS_KEPT
    link_ended = exists().where(WeChatLink.id == MessageCredit.link_id, WeChatLink.ended_at.is_not(None))
    return (
        _deleted(
            session, delete(MessageSend).where(MessageSend.state.in_(OVER), MessageSend.ended_at < before)
        )
        + _deleted(session, delete(MessageCredit).where(or_(MessageCredit.ended_at < before, link_ended)))
        + _deleted(session, delete(MessageAcceptance).where(MessageAcceptance.created_at < before))
    )


def _deleted(session: Session, statement: Delete) -> int:
    result = session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount
