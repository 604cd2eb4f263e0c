"""What WeChat tells of a message afterwards: whether it reached the person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import identity
from app.clock import now
from app.messages.credits import told_at
from app.models import MessageSend, SendState, WeChatApp
from app.sealing import Sealer

_TOLD_WITHIN = timedelta(hours=1)
_APART = timedelta(minutes=1)
"""By how much WeChat's clock may be behind ours."""
_OPEN = (SendState.SENDING, SendState.SENT, SendState.UNKNOWN)


def note_arrivals(session: Session, sealer: Sealer, content: Mapping[str, Any]) -> None:
    """Note for each message whether it arrived; also of one whose answer we never got.

    A message that is not ours, or was told of before, changes nothing.
    """
    link = identity.link_with_openid(session, sealer, WeChatApp.MINI, content["openid"])
    if link is None:
        return
    for outcome in content["outcomes"]:
        send = _send_of(session, link.id, outcome, told_at(content))
        if send is None or send.state not in _OPEN:
            continue
        send.msgid = send.msgid or outcome["msgid"]
        if outcome["errcode"]:
            send.end(SendState.UNDELIVERED, now(), "told_by_wechat", outcome["errcode"])
        else:
            send.end(SendState.ARRIVED, now())


def _send_of(session: Session, link_id: UUID, outcome: Mapping[str, Any], at: datetime) -> MessageSend | None:
    """Give the message by WeChat's name of it, or else the first of this template whose name is unknown."""
    locked = select(MessageSend).where(MessageSend.link_id == link_id).with_for_update()
    named = locked.where(MessageSend.msgid == outcome["msgid"])
    nameless = (
        locked.where(
            MessageSend.template_id == outcome["template_id"],
            MessageSend.msgid.is_(None),
            MessageSend.state.in_(_OPEN),
            MessageSend.begun_at.between(at - _TOLD_WITHIN, at + _APART),
        )
        .order_by(MessageSend.begun_at, MessageSend.id)
        .limit(1)
    )
    fresh = {"populate_existing": True}
    return (
        session.scalars(named, execution_options=fresh).first()
        or session.scalars(nameless, execution_options=fresh).first()
    )
