"""What WeChat tells of messages afterwards: whether they arrived, also where its answer was lost."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import MessageSend, Notice, NoticeKind, SendState, WeChatLink
from tests.api.wechat.pushes import tell
from tests.cast import HOME
from tests.client import Client
from tests.fakes.wechat.control import Person, WeChatFake
from tests.fakes.wechat.hand import ANSWER_S
from tests.wechat.installation import TEMPLATE_ID

BODY = {"template_id": TEMPLATE_ID, "data": {"thing1": {"value": "有一项隐患待整改"}}}


@pytest.fixture
def link(
    wechat: WeChatFake, signed_in: Callable[[Person], Client], lan: Person, session: Session
) -> WeChatLink:
    """Be somebody who accepted two messages."""
    wechat.template(TEMPLATE_ID, "thing1")
    signed_in(lan)
    for _ in range(2):
        wechat.accept(lan, TEMPLATE_ID)
    wechat.deliver(send=False)
    return session.scalars(select(WeChatLink)).one()


@pytest.fixture
def out(wechat: WeChatFake, lan: Person) -> Callable[[], str]:
    """Send a message by WeChat; give its name there."""

    def send() -> str:
        secret = {"grant_type": "client_credential", "appid": "wx5f0000000000c0de", "secret": "5f" * 16}
        token = wechat._http.post(  # noqa: SLF001 - as our client would, whose own tests are elsewhere
            f"{wechat.url}/cgi-bin/stable_token", json=secret, timeout=ANSWER_S
        ).json()["access_token"]
        answer = wechat._http.post(  # noqa: SLF001
            f"{wechat.url}/cgi-bin/message/subscribe/send?access_token={token}",
            json=BODY | {"touser": lan.openid},
            timeout=ANSWER_S,
        ).json()
        assert answer["errcode"] == 0
        return str(answer["msgid"])

    return send


def keep(session: Session, link: WeChatLink, **values: Any) -> MessageSend:
    """Keep a message as our job left it."""
    notice = Notice(
        id=new_id(), area_code=HOME, user_id=link.user_id, kind=NoticeKind.HAZARD_ASSIGNED, data={},
        created_at=now(),
    )  # fmt: skip
    session.add(notice)
    session.flush()
    send = MessageSend(
        id=new_id(), notice_id=notice.id, link_id=link.id, template_id=TEMPLATE_ID, begun_at=now(), **values
    )
    session.add(send)
    session.commit()
    return send


@pytest.mark.parametrize(
    "delivery, state, errcode",
    [("success", SendState.ARRIVED, None), ("failed:user block", SendState.UNDELIVERED, 43101)],
)
def test_a_message_is_known_by_wechats_name_of_it(
    phone: Client,
    session: Session,
    wechat: WeChatFake,
    lan: Person,
    link: WeChatLink,
    out: Callable[[], str],
    delivery: str,
    state: SendState,
    errcode: int | None,
) -> None:
    """S-58: of two messages by one template, the one that is meant."""
    wechat.user(lan.name, delivery=delivery)
    other = keep(session, link, state=SendState.SENT, msgid="1")
    send = keep(session, link, state=SendState.SENT, msgid=out())
    tell(phone, session, wechat)
    for row in (other, send):
        session.refresh(row)

    assert other.state is SendState.SENT
    assert (send.state, send.errcode) == (state, errcode)


@pytest.mark.parametrize("state", [SendState.UNKNOWN, SendState.SENDING])
def test_one_whose_answer_was_lost_is_found_and_each_event_counts_once(
    phone: Client,
    session: Session,
    wechat: WeChatFake,
    link: WeChatLink,
    out: Callable[[], str],
    state: SendState,
) -> None:
    """S-58: the event settles what the timeout left open; two events settle two messages, one each."""
    rows = [keep(session, link, state=state) for _ in range(3)]
    names = [out(), out()]
    tell(phone, session, wechat)
    for row in rows:
        session.refresh(row)

    assert [row.state for row in rows] == [SendState.ARRIVED, SendState.ARRIVED, state]
    assert [row.msgid for row in rows] == [*names, None]


def test_what_is_not_ours_or_over_changes_nothing(
    phone: Client, session: Session, wechat: WeChatFake, link: WeChatLink, out: Callable[[], str]
) -> None:
    send = keep(session, link, state=SendState.REFUSED)
    out()
    tell(phone, session, wechat)
    session.refresh(send)

    assert (send.state, send.msgid) == (SendState.REFUSED, None)
