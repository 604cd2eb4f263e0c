"""Notices: written in the same transaction as the fact they tell of, read in the inbox."""

from app.models import NoticeKind
from app.notices.inbox import ToldNotice, inbox, mark_read
from app.notices.outbox import post

__all__ = ["NoticeKind", "ToldNotice", "inbox", "mark_read", "post"]
