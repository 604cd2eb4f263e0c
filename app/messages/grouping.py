"""Which notices one message tells of, and when: those of one kind and community that wait for their reader.

Single notices stay what they are; which go together is decided when a message is sent.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from app import notices
from app.actors import COMMUNITY_DIGITS, community_of
from app.clock import now
from app.ids import new_id
from app.messages.wording import Facts, facts_of_all
from app.models import (
    MessageCredit,
    MessageSend,
    Notice,
    NoticeKind,
    NoticeSettings,
    SendState,
    WeChatApp,
    WeChatLink,
)

_MOST_IN_ONE = 100
"""More go with the next message."""


def waiting_sends() -> Select[UUID, NoticeKind]:
    """Choose messages that are to be tried again, and whose readers are not to be left in peace now."""
    return (
        select(Notice.id, Notice.kind)
        .join(MessageSend, MessageSend.notice_id == Notice.id)
        .outerjoin(NoticeSettings, NoticeSettings.user_id == Notice.user_id)
        .where(MessageSend.state == SendState.WAITING, MessageSend.next_try_at <= now(), _may_ring())
        .order_by(MessageSend.next_try_at, MessageSend.id)
    )


def unsent(ids: Mapping[str, str], *, not_before: ColumnElement[bool]) -> Select[UUID, NoticeKind]:
    """Choose notices that waited long enough, and have a credit that was there when they were written."""
    template_id: ColumnElement[str] = case(dict(ids), value=Notice.kind)
    return (
        select(Notice.id, Notice.kind)
        .join(
            WeChatLink,
            (WeChatLink.user_id == Notice.user_id)
            & (WeChatLink.app == WeChatApp.MINI)
            & WeChatLink.ended_at.is_(None),
        )
        .outerjoin(NoticeSettings, NoticeSettings.user_id == Notice.user_id)
        .where(
            not_before,
            Notice.kind.in_(ids),
            Notice.read_at.is_(None),
            notices.pace.is_due(),
            _may_ring(),
            ~exists().where(MessageSend.notice_id == Notice.id),
            exists().where(
                MessageCredit.link_id == WeChatLink.id,
                MessageCredit.template_id == template_id,
                MessageCredit.ended_at.is_(None),
                MessageCredit.since <= Notice.created_at,
            ),
        )
    )


def gather(session: Session, send: MessageSend, first: Notice) -> dict[UUID, Facts]:
    """Let the message tell also of later notices like its first; give what of all these still waits, by id.

    Of the alarms of hazards only those of major ones go along where the reader switched the kind off.
    The reader's link is locked, so no other sender gathers the same at the same time.
    """
    joined = MessageSend.with_id == send.id
    new = and_(
        MessageSend.id.is_(None),
        Notice.user_id == first.user_id,
        Notice.kind == first.kind,
        func.left(Notice.area_code, COMMUNITY_DIGITS) == community_of(first.area_code),
        Notice.id > first.id,
    )
    rows = session.execute(
        select(Notice, MessageSend.id)
        .outerjoin(MessageSend, MessageSend.notice_id == Notice.id)
        .where(Notice.read_at.is_(None), or_(joined, new))
        .order_by(Notice.id)
        .limit(_MOST_IN_ONE)
        .execution_options(populate_existing=True)
    )
    waiting = rows.all()
    wanted = notices.wishes.wanted(session, first.user_id, [notice for notice, _ in waiting])
    found = [(notice, joined_id) for notice, joined_id in waiting if notice.id in wanted]
    told = {}
    every = facts_of_all(session, [notice for notice, _ in found])
    for (notice, joined_id), facts in zip(found, every, strict=True):
        if facts is None:
            continue
        told[notice.id] = facts
        if joined_id is None:
            session.add(_joined(send, notice))
    session.flush()
    return told


def let_go(session: Session, send: MessageSend) -> None:
    """Let those that a message was to tell of besides go by themselves: it is not sent."""
    session.execute(delete(MessageSend).where(MessageSend.with_id == send.id))


def _joined(send: MessageSend, notice: Notice) -> MessageSend:
    return MessageSend(
        id=new_id(),
        notice_id=notice.id,
        link_id=send.link_id,
        template_id=send.template_id,
        with_id=send.id,
        state=SendState.JOINED,
        begun_at=now(),
        ended_at=now(),
    )


def _may_ring() -> ColumnElement[bool]:
    return or_(notices.pace.is_urgent(), ~notices.wishes.is_quiet())
