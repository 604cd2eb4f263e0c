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


_READERS: Mapping[str, Callable[[wechat.Event], dict[str, Any]]] = {
    REVOKED: _read_revoked,
    CLOSED: _read_closed,
}
"""By the event's kind; ``FromUserName`` of these two is WeChat itself, so they name the person apart."""
