"""Notices: written in the same transaction as the fact they tell of, read in the inbox."""

from app.models import NoticeKind
from app.notices import links, pace, wishes, words
from app.notices.inbox import (
    EVERY,
    NoticeFilter,
    NoticeGroup,
    Summary,
    ToldNotice,
    groups,
    inbox,
    mark_read,
    mark_read_until,
    summary,
)
from app.notices.outbox import post

__all__ = [
    "EVERY",
    "NoticeFilter",
    "NoticeGroup",
    "NoticeKind",
    "Summary",
    "ToldNotice",
    "groups",
    "inbox",
    "links",
    "mark_read",
    "mark_read_until",
    "pace",
    "post",
    "summary",
    "wishes",
    "words",
]
