"""Pushes of WeChat's as a test posts them, and what became of them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import messages
from app.models import WeChatEvent
from tests.client import Answer, Client
from tests.fakes.wechat.control import PushRequest, WeChatFake
from tests.sealer import SEALER

PATH = "/v1/wechat/push"


def requests_of(fake: WeChatFake, **how: Any) -> list[PushRequest]:
    """Let the fake make what waits to be pushed, and keep it."""
    return [delivery.request for delivery in fake.deliver(send=False, **how)]


def post(phone: Client, request: PushRequest) -> Answer:
    return phone.post(
        PATH, query_string=request.query, data=request.body.encode(), content_type=request.content_type
    )


def events(session: Session) -> list[WeChatEvent]:
    session.expire_all()
    return list(session.scalars(select(WeChatEvent).order_by(WeChatEvent.id)))


def handle_all(session: Session) -> list[bool]:
    """Do what the scheduler's job does."""
    done = [messages.handle(session, SEALER, event_id) for event_id in messages.due_events(session, limit=99)]
    session.commit()
    session.expire_all()
    return done


def tell(phone: Client, session: Session, fake: WeChatFake) -> None:
    """Push what waits, and do what it asks for."""
    for request in requests_of(fake):
        assert post(phone, request).status_code == 200
    assert all(handle_all(session))
