"""Sending notices by WeChat, each once at most. The inbox is the truth, a message a hint to look there.

A message may tell of several notices (``grouping.py``), for one credit.

``begin`` notes that a notice is being sent, and the credit it costs, before WeChat is asked; ``finish`` notes
how it went. Whoever dies in between leaves "sending", which becomes "unknown" and is never sent again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app import identity, notices
from app.actors import community_of
from app.clock import now
from app.ids import new_id
from app.messages.credits import end_credits
from app.messages.grouping import gather, let_go, unsent, waiting_sends
from app.messages.outcomes import Verdict
from app.messages.wording import facts_of, values_of
from app.models import (
    DIGITS,
    CreditEnding,
    Grant,
    MessageCredit,
    MessageSend,
    Notice,
    NoticeKind,
    SendState,
    User,
    WeChatApp,
    WeChatLink,
)
from app.sealing import Sealer

SENT_WITHIN = timedelta(days=1)
"""An older notice is no news: it stays in the inbox."""
INTERRUPTED_AFTER = timedelta(minutes=5)
"""No call takes so long: whoever made it is dead."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))


@dataclass(frozen=True)
class Catalogue:
    """The templates this installation has at WeChat."""

    ids: Mapping[str, str]
    """By the kind of notice."""
    long_term: frozenset[str] = frozenset()
    """Ids of those that people accept once for any number of messages."""


@dataclass(frozen=True)
class Draft:
    """A message that is to go out now."""

    send_id: UUID
    template: str
    openid: str = field(repr=False)
    values: Mapping[str, str]
    also: frozenset[UUID]
    """The notices that go along."""


def due_sends(session: Session, catalogue: Catalogue, *, limit: int) -> list[tuple[UUID, NoticeKind]]:
    """List the notices to be sent now: those that wait, then unread ones whose reader asked for a message."""
    due = [(notice_id, kind) for notice_id, kind in session.execute(waiting_sends().limit(limit))]
    if catalogue.ids and len(due) < limit:
        news = unsent(catalogue.ids, not_before=Notice.created_at > now() - SENT_WITHIN)
        first = (notices.pace.is_urgent().desc(), Notice.id)
        found = session.execute(news.order_by(*first).limit(limit - len(due)))
        due += [(notice_id, kind) for notice_id, kind in found]
    return due


def begin(session: Session, sealer: Sealer, catalogue: Catalogue, notice_id: UUID) -> Draft | None:
    """Mark a notice, and those that go along, as being sent, and spend the credit; None if it must not be.

    To be committed before WeChat is asked.
    """
    notice = session.get(Notice, notice_id, populate_existing=True)
    if notice is None:
        return None
    link = _link_of(session, notice)
    send = _send_of(session, notice_id)
    if send is None:
        send = _opened(session, catalogue, notice, link)
    elif send.state is not SendState.WAITING:
        return None
    if send is None:
        return None
    if notice.created_at <= now() - SENT_WITHIN:
        _give_up(session, send, SendState.FAILED, send.fault, send.errcode)
        return None
    why = _hindrance(session, catalogue, notice, link, send)
    facts = None if why else facts_of(session, notice)
    if link is None or facts is None:
        _give_up(session, send, SendState.DROPPED, why or "settled")
        return None
    also = gather(session, send, notice)
    values = values_of(session, notice, [facts, *also.values()])
    send.begin(now())
    return Draft(send.id, notice.kind, identity.openid_of(sealer, link), values, frozenset(also))


def finish(session: Session, send_id: UUID, verdict: Verdict) -> MessageSend:
    """Note how it went: spend the credit, give it back, or learn that there are none."""
    send = session.get_one(MessageSend, send_id, with_for_update=True, populate_existing=True)
    send.msgid = send.msgid or verdict.msgid
    if send.state is not SendState.SENDING:
        return send
    if verdict.state is SendState.WAITING and send.tries <= len(WAITS):
        wait = max(WAITS[send.tries - 1], timedelta(seconds=verdict.retry_after_s))
        send.wait(now() + wait, verdict.fault or "", verdict.errcode)
        return send
    state = SendState.FAILED if verdict.state is SendState.WAITING else verdict.state
    send.end(state, now(), verdict.fault, verdict.errcode)
    if state is SendState.FAILED:
        _not_spent(session, send)
    if state in {SendState.REFUSED, SendState.GONE}:
        _take_credits_away(session, send, of_all=state is SendState.GONE)
    return send


def end_interrupted(session: Session) -> int:
    """Close what was being sent when its sender died: it may have gone out. Give how many."""
    rows = session.scalars(
        select(MessageSend)
        .where(MessageSend.state == SendState.SENDING, MessageSend.begun_at < now() - INTERRUPTED_AFTER)
        .with_for_update(skip_locked=True)
    ).all()
    for send in rows:
        send.end(SendState.UNKNOWN, now(), "interrupted")
    return len(rows)


def _give_up(
    session: Session, send: MessageSend, state: SendState, fault: str | None, errcode: int | None = None
) -> None:
    """Close what is not sent at all: it costs nothing, and what it was to tell of besides goes by itself."""
    send.end(state, now(), fault, errcode)
    _not_spent(session, send)
    let_go(session, send)


def _link_of(session: Session, notice: Notice) -> WeChatLink | None:
    """Give the reader's WeChat, locked: acceptances, pushes and sends of one person follow each other."""
    link = identity.open_link(session, notice.user_id, WeChatApp.MINI)
    if link is not None:
        session.refresh(link, with_for_update=True)
    return link if link is not None and link.ended_at is None else None


def _send_of(session: Session, notice_id: UUID) -> MessageSend | None:
    return session.scalars(
        select(MessageSend)
        .where(MessageSend.notice_id == notice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _credit(session: Session, link_id: UUID, template_id: str, notice: Notice) -> MessageCredit | None:
    """Give the oldest open credit that was there when the notice was written, locked."""
    return session.scalars(
        select(MessageCredit)
        .where(
            MessageCredit.link_id == link_id,
            MessageCredit.template_id == template_id,
            MessageCredit.ended_at.is_(None),
            MessageCredit.since <= notice.created_at,
        )
        .order_by(MessageCredit.since, MessageCredit.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _opened(
    session: Session, catalogue: Catalogue, notice: Notice, link: WeChatLink | None
) -> MessageSend | None:
    """Open the sending of a notice whose reader asked for a message; None if he did not."""
    template_id = catalogue.ids.get(notice.kind)
    if link is None or template_id is None or _credit(session, link.id, template_id, notice) is None:
        return None
    send = MessageSend(
        id=new_id(),
        notice_id=notice.id,
        link_id=link.id,
        template_id=template_id,
        state=SendState.SENDING,
        tries=0,
        begun_at=now(),
    )
    session.add(send)
    session.flush()
    return send


def _hindrance(
    session: Session, catalogue: Catalogue, notice: Notice, link: WeChatLink | None, send: MessageSend
) -> str | None:
    """Say why a notice is not to be sent to its reader any more, if so; else the credit is spent on it."""
    if link is None or send.link_id != link.id:
        return "not_linked"
    if notice.read_at is not None:
        return "read"
    if not notices.wishes.wanted(session, notice.user_id, [notice]):
        return "switched_off"
    user = session.get_one(User, notice.user_id, populate_existing=True)
    if user.disabled_at is not None:
        return "account_closed"
    if not _is_there(session, user, notice.area_code):
        return "moved_away"
    return None if _is_paid(session, catalogue, notice, send) else "no_credit"


def _is_paid(session: Session, catalogue: Catalogue, notice: Notice, send: MessageSend) -> bool:
    """Spend a credit on a sending that has none; say whether it has one now."""
    if send.credit_id is None:
        credit = _credit(session, send.link_id, send.template_id, notice)
        if credit is not None:
            send.credit_id = credit.id
            if send.template_id not in catalogue.long_term:
                credit.end(CreditEnding.SPENT, now())
    return send.credit_id is not None


def _is_there(session: Session, user: User, area_code: str) -> bool:
    """Say whether somebody is bound to a resident of the community, or holds a role there or over it."""
    community = community_of(area_code)
    if user.area_code and user.resident_id and community_of(user.area_code) == community:
        return True
    covering = [area_code[:digits] for digits in DIGITS.values() if digits <= len(area_code)]
    held = exists().where(
        Grant.user_id == user.id,
        or_(Grant.area_code.in_(covering), Grant.area_code.startswith(community)),
        Grant.ended_at.is_(None),
        Grant.valid_from <= now(),
        or_(Grant.valid_until.is_(None), Grant.valid_until > now()),
    )
    return bool(session.scalar(select(held)))


def _not_spent(session: Session, send: MessageSend) -> None:
    """Give the credit back for what did not go out."""
    if send.credit_id is not None:
        credit = session.get_one(MessageCredit, send.credit_id, with_for_update=True, populate_existing=True)
        credit.give_back()
        send.credit_id = None


def _take_credits_away(session: Session, send: MessageSend, *, of_all: bool) -> None:
    """Believe WeChat: what was told before it was asked is void, of the template or of all."""
    if send.credit_id is not None:
        credit = session.get_one(MessageCredit, send.credit_id, with_for_update=True, populate_existing=True)
        credit.end(CreditEnding.REFUSED, now())
    template_id = None if of_all else send.template_id
    end_credits(session, send.link_id, CreditEnding.REFUSED, before=send.begun_at, template_id=template_id)
