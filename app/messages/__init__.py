"""What goes between us and WeChat after sign-in: what it tells of its people, and what we tell them by it."""

from app.messages.credits import (
    TemplateUnknownError,
    keep_acceptance,
    messages_to_come,
)
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
from app.messages.outcomes import Verdict, judged
from app.messages.sending import (
    Catalogue,
    Draft,
    begin,
    due_sends,
    end_interrupted,
    finish,
)
from app.messages.upkeep import failed_sends, forget_old_sends, send_again
from app.models import MessageSend, SendState, WeChatEvent, WeChatEventState

__all__ = [
    "DEAD_KEPT",
    "Catalogue",
    "Draft",
    "MessageSend",
    "SendState",
    "TemplateUnknownError",
    "Verdict",
    "WeChatEvent",
    "WeChatEventState",
    "begin",
    "dead_events",
    "due_events",
    "due_sends",
    "end_interrupted",
    "failed_sends",
    "finish",
    "forget_old_events",
    "forget_old_sends",
    "handle",
    "judged",
    "keep",
    "keep_acceptance",
    "messages_to_come",
    "postpone",
    "send_again",
    "told",
    "try_again",
]
