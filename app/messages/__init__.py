"""What goes between us and WeChat after sign-in: what it tells of its people."""

from app.messages.handling import (
    DEAD_KEPT,
    dead_events,
    due_events,
    forget_old_events,
    handle,
    postpone,
    try_again,
)
from app.messages.keeping import keep, told
from app.models import WeChatEvent, WeChatEventState

__all__ = [
    "DEAD_KEPT",
    "WeChatEvent",
    "WeChatEventState",
    "dead_events",
    "due_events",
    "forget_old_events",
    "handle",
    "keep",
    "postpone",
    "told",
    "try_again",
]
