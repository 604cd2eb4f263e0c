"""Links, acceptances and notices for the job that sends messages, and what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import SHANGHAI, now, set_to
from app.ids import new_id
from app.jobs.work import Means
from app.models import (
    CreditEnding,
    MessageCredit,
    MessageSend,
    Notice,
    NoticeKind,
    SendState,
    WeChatApp,
    WeChatLink,
)
from app.sealing import Cell
from tests.cast import HOME, person
from tests.fakes.wechat.control import Person, WeChatFake
from tests.wechat.installation import TEMPLATE_ID

SEND = "/cgi-bin/message/subscribe/send"
URGENT = "template-of-urgent-visits"
TEMPLATES = (("hazard_assigned", TEMPLATE_ID), ("visit_urgent", URGENT), ("harm_case", URGENT))
OTHER = NoticeKind.HARM_CASE
"""Urgent too, and by the same template: what does not go with an urgent visit in one message."""
LATELY = timedelta(minutes=11)
"""Long enough ago that nothing waits for others any more."""


def link(session: Session, means: Means, wei: Person, name: str = "worker") -> WeChatLink:
    """Let somebody of the cast have this WeChat."""
    link_id = new_id()
    made = WeChatLink(
        id=link_id,
        app=WeChatApp.MINI,
        user_id=person(name).user_id,
        openid_sealed=means.sealer.seal(wei.openid, Cell("wechat_identities", "openid_sealed", link_id)),
        openid_index=means.sealer.index("openid", "users", wei.openid),
        created_at=now(),
    )
    session.add(made)
    session.commit()
    return made


def credit(
    session: Session, fake: WeChatFake, wei: Person, of: WeChatLink, template: str = URGENT
) -> MessageCredit:
    """Let somebody accept a message, here and at WeChat."""
    fake.accept(wei, template)
    return told(session, of, template)


def told(session: Session, of: WeChatLink, template: str = URGENT) -> MessageCredit:
    """Note an acceptance of which WeChat knows nothing."""
    made = MessageCredit(
        id=new_id(),
        link_id=of.id,
        template_id=template,
        since=now() - timedelta(hours=20),
        app_told_at=now(),
    )
    session.add(made)
    session.commit()
    return made


def notice(session: Session, name: str = "worker", **changes: Any) -> Notice:
    """Write a notice of an urgent visit."""
    values: dict[str, Any] = {
        "id": new_id(),
        "area_code": HOME,
        "user_id": person(name).user_id,
        "kind": NoticeKind.VISIT_URGENT,
        "data": {},
        "created_at": now(),
    }
    made = Notice(**values | changes)
    session.add(made)
    session.commit()
    return made


def sends(session: Session) -> list[MessageSend]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(MessageSend).order_by(MessageSend.id)))


def states(session: Session) -> list[tuple[SendState, str | None, int | None]]:
    return [(row.state, row.fault, row.errcode) for row in sends(session)]


def endings(session: Session) -> list[CreditEnding | None]:
    session.rollback()
    session.expire_all()
    query = select(MessageCredit).order_by(MessageCredit.since, MessageCredit.id)
    return [row.ending for row in session.scalars(query)]


@contextmanager
def at_hour(hour: int, minute: int = 0, *, days: int = 0) -> Iterator[datetime]:
    """Live at a time of day in China, today or some days later."""
    here = now().astimezone(SHANGHAI).replace(hour=hour, minute=minute, second=0)
    with set_to(here + timedelta(days=days)):
        yield now()
