"""Which messages people asked for: told by their phones and by WeChat itself, and counted once.

One acceptance is told twice, in any order, and either telling may be lost. Tellings of the two sides are
paired one to one, so there are never more credits than the side that told more of them has told.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app import identity
from app.actors import Actor
from app.clock import now
from app.errors import DomainError, Kind
from app.ids import new_id
from app.models import (
    CreditEnding,
    MessageAcceptance,
    MessageCredit,
    MessageSend,
    SendState,
    WeChatApp,
    WeChatLink,
)
from app.once import content_hash, insert_once, made_before
from app.sealing import Sealer

PAIRED_WITHIN = timedelta(days=1)
"""Tellings further apart are of two pop-ups: WeChat repeats for minutes, and who sees one is online."""


class TemplateUnknownError(DomainError):
    """It is no template of ours."""

    code = "template_unknown"
    kind = Kind.INVALID


def keep_acceptance(
    session: Session,
    actor: Actor,
    acceptance_id: UUID,
    template_ids: Collection[str],
    *,
    known: Collection[str],
) -> tuple[MessageAcceptance, bool]:
    """Keep what the actor accepted in one pop-up: a message to come for each template, counted once.

    Raises TemplateUnknownError, WeChatNotLinkedError, OtherContentError.
    """
    accepted = sorted(set(template_ids))
    sent = content_hash(actor.user_id, accepted)
    first = made_before(
        session,
        MessageAcceptance,
        acceptance_id,
        sent,
        author=MessageAcceptance.user_id,
        by=actor.user_id,
    )
    if first is not None:
        return first, False
    if not set(accepted) <= set(known):
        raise TemplateUnknownError(field="accepted")
    link = identity.open_link(session, actor.user_id, WeChatApp.MINI) if actor.user_id else None
    if link is None:
        raise identity.WeChatNotLinkedError
    session.get_one(WeChatLink, link.id, with_for_update=True, populate_existing=True)
    row, made = insert_once(
        session,
        MessageAcceptance,
        acceptance_id,
        sent,
        user_id=actor.user_id,
        template_ids=accepted,
        created_at=now(),
    )
    if made:
        for template_id in accepted:
            _count(session, link.id, template_id, now(), by_app=True)
    return row, made


def messages_to_come(session: Session, actor: Actor) -> dict[str, int]:
    """Count the actor's open credits by template."""
    rows = session.execute(
        select(MessageCredit.template_id, func.count())
        .join(WeChatLink, WeChatLink.id == MessageCredit.link_id)
        .where(
            WeChatLink.user_id == actor.user_id,
            WeChatLink.app == WeChatApp.MINI,
            WeChatLink.ended_at.is_(None),
            MessageCredit.ended_at.is_(None),
        )
        .group_by(MessageCredit.template_id)
    )
    return {template_id: number for template_id, number in rows}  # noqa: C416 - rows are no pairs to a type checker


def take_acceptances(session: Session, sealer: Sealer, content: Mapping[str, Any]) -> None:
    """Count what WeChat told of a pop-up. Somebody whom we do not know gets no messages."""
    link = identity.link_with_openid(session, sealer, WeChatApp.MINI, content["openid"])
    if link is not None:
        for template_id in content["accepted"]:
            _count(session, link.id, template_id, told_at(content), by_app=False)


def turn_off(session: Session, sealer: Sealer, content: Mapping[str, Any]) -> None:
    """Take away what was accepted before somebody turned templates off, and what waits to go out by it."""
    link = identity.link_with_openid(session, sealer, WeChatApp.MINI, content["openid"])
    if link is None:
        return
    for template_id in content["rejected"]:
        end_credits(
            session, link.id, CreditEnding.TURNED_OFF, before=told_at(content), template_id=template_id
        )
        waiting = select(MessageSend).where(
            MessageSend.link_id == link.id,
            MessageSend.template_id == template_id,
            MessageSend.state == SendState.WAITING,
        )
        for send in session.scalars(waiting.with_for_update()):
            send.end(SendState.DROPPED, now(), "turned_off")


def end_credits(
    session: Session, link_id: UUID, ending: CreditEnding, *, before: datetime, template_id: str | None = None
) -> None:
    """End a person's open credits that were told before a moment, of one template or of all."""
    ended = update(MessageCredit).where(
        MessageCredit.link_id == link_id, MessageCredit.ended_at.is_(None), MessageCredit.since <= before
    )
    if template_id is not None:
        ended = ended.where(MessageCredit.template_id == template_id)
    session.execute(ended.values(ending=ending, ended_at=now()))


def forget_credits(session: Session, user_id: UUID) -> None:
    """Delete what somebody accepted, because his account at WeChat is closed."""
    links = select(WeChatLink.id).where(WeChatLink.user_id == user_id)
    session.execute(delete(MessageCredit).where(MessageCredit.link_id.in_(links)))
    session.execute(delete(MessageAcceptance).where(MessageAcceptance.user_id == user_id))


def told_at(content: Mapping[str, Any]) -> datetime:
    """Give when something happened, by WeChat's clock."""
    return datetime.fromtimestamp(content["at"], UTC)


def _count(session: Session, link_id: UUID, template_id: str, at: datetime, *, by_app: bool) -> None:
    """Pair a telling with one of the other side that has none yet, or make a credit. The link is locked."""
    mine = MessageCredit.app_told_at if by_app else MessageCredit.wechat_told_at
    twin = session.scalars(
        select(MessageCredit)
        .where(
            MessageCredit.link_id == link_id,
            MessageCredit.template_id == template_id,
            mine.is_(None),
            MessageCredit.since.between(at - PAIRED_WITHIN, at + PAIRED_WITHIN),
        )
        .order_by(MessageCredit.since, MessageCredit.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if twin is None:
        twin = MessageCredit(id=new_id(), link_id=link_id, template_id=template_id, since=at)
        session.add(twin)
    if by_app:
        twin.app_told_at = at
    else:
        twin.wechat_told_at = at
    session.flush()
