"""Keeping what WeChat tells, once: only what has to be acted on, and of that only what is needed."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.adapters import wechat
from app.clock import now
from app.ids import new_id
from app.models import WeChatEvent, WeChatEventState
from app.sealing import Cell, Sealer

REVOKED = "user_authorization_revoke"
CLOSED = "user_authorization_cancellation"
ASKED = "subscribe_msg_popup_event"
CHANGED = "subscribe_msg_change_event"
SENT = "subscribe_msg_sent_event"
_TABLE, _COLUMN, _TENANT = "wechat_events", "content_sealed", "users"


def told(event: wechat.Event) -> dict[str, Any] | None:
    """Give what of an event is needed, or None for one that asks nothing of us. Raises EventError."""
    read = _READERS.get(event.kind)
    return None if read is None else read(event)


def keep(session: Session, sealer: Sealer, event: wechat.Event, content: Mapping[str, Any]) -> bool:
    """Keep an event to be handled later; say whether it is new.

    What tells WeChat's repetitions is who, when and what: one person may take back two authorisations in one
    second, and has a nonce of its own in each repetition.
    """
    event_id, text = new_id(), json.dumps(content, sort_keys=True, ensure_ascii=False)
    made = session.scalars(
        insert(WeChatEvent)
        .values(
            id=event_id,
            key=sealer.index(_TABLE, _TENANT, f"{event.id} {text}"),
            kind=event.kind,
            content_sealed=sealer.seal(text, cell(event_id)),
            state=WeChatEventState.WAITING,
            tries=0,
            next_try_at=now(),
            told_at=event.created_at,
            received_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(WeChatEvent.id)
    )
    return made.one_or_none() is not None


def cell(event_id: UUID) -> Cell:
    """Say where an event's content stands."""
    return Cell(_TABLE, _COLUMN, event_id)


def _read_revoked(event: wechat.Event) -> dict[str, Any]:
    return {"openid": event.text("OpenID"), "info": event.number("RevokeInfo")}


def _read_closed(event: wechat.Event) -> dict[str, Any]:
    return {"openid": event.text("OpenID")}


def _read_asked(event: wechat.Event) -> dict[str, Any] | None:
    accepted = _templates(event, "accept")
    return _about(event, accepted=accepted) if accepted else None


def _read_changed(event: wechat.Event) -> dict[str, Any] | None:
    rejected = _templates(event, "reject")
    return _about(event, rejected=rejected) if rejected else None


def _read_sent(event: wechat.Event) -> dict[str, Any]:
    outcomes = [
        {
            "template_id": row.text("TemplateId"),
            "msgid": row.text("MsgID"),
            "errcode": row.number("ErrorCode"),
        }
        for row in event.rows()
    ]
    return _about(event, outcomes=outcomes)


def _templates(event: wechat.Event, answer: str) -> list[str]:
    """Give the templates to which somebody answered so."""
    return [
        row.text("TemplateId") for row in event.rows() if row.text_or_none("SubscribeStatusString") == answer
    ]


def _about(event: wechat.Event, **more: Any) -> dict[str, Any]:
    return {"openid": event.openid, "at": int(event.created_at.timestamp()), **more}


_READERS: Mapping[str, Callable[[wechat.Event], dict[str, Any] | None]] = {
    REVOKED: _read_revoked,
    CLOSED: _read_closed,
    ASKED: _read_asked,
    CHANGED: _read_changed,
    SENT: _read_sent,
}
"""By the event's kind; ``FromUserName`` of the first two is WeChat itself, so they name the person apart."""
