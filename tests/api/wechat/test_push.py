"""What WeChat tells us: checked before it is believed, answered at once, kept once."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.clock import now
from app.models import AuditEntry, WeChatEventState
from tests.api.wechat.conftest import refused
from tests.api.wechat.pushes import PATH, events, handle_all, post, requests_of
from tests.client import Client
from tests.fakes.wechat.control import Person, PushRequest, WeChatFake

PHONE, POSITION = 8, 13


@pytest.fixture
def asked(wechat: WeChatFake) -> Callable[..., dict[str, str]]:
    """Give the query by which WeChat checks the address."""

    def query(**how: Any) -> dict[str, str]:
        found = wechat._do("verify_url", appid=how.pop("appid", ""), **how)  # noqa: SLF001 - a tester's hand
        return dict(found["query"])

    return query


@pytest.mark.parametrize("form", ["json", "xml"])
def test_three_equal_posts_are_one_row(
    phone: Client, session: Session, wechat: WeChatFake, lan: Person, form: str
) -> None:
    """S-61: 3 equal posts: one row, each answered success in less than a second."""
    wechat.revoke(lan, POSITION)
    answers, took_s = [], []
    for request in requests_of(wechat, copies=3, form=form):
        began = time.perf_counter()
        answers.append(post(phone, request))
        took_s.append(time.perf_counter() - began)

    assert [(one.status_code, one.text) for one in answers] == [(200, "success")] * 3
    assert min(took_s) < 1
    (row,) = events(session)
    assert (row.kind, row.state, row.tries) == ("user_authorization_revoke", "waiting", 0)
    assert handle_all(session) == [True]
    assert handle_all(session) == []


def test_a_replay_is_answered_and_leaves_nothing(
    phone: Client, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-60, S-61: the same signed request once more is told success, and no second row is made."""
    wechat.revoke(lan, POSITION)
    (request,) = requests_of(wechat)

    assert [post(phone, request).text for _ in range(2)] == ["success"] * 2
    assert len(events(session)) == 1


def test_two_withdrawals_of_one_second_are_two(
    phone: Client, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-61: who, when and what tell repetitions: nothing is lost that only looks like one."""
    wechat.set_clock(now().timestamp())
    for info in (PHONE, POSITION):
        wechat.revoke(lan, info)
    for request in requests_of(wechat):
        post(phone, request)

    assert len(events(session)) == 2


def test_nobody_can_be_read_from_a_row_and_a_done_one_is_empty(
    phone: Client, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-61: what is kept meanwhile is sealed, and goes as soon as it is done."""
    wechat.close_account(lan)
    (request,) = requests_of(wechat)
    post(phone, request)
    (row,) = events(session)
    shown = repr({name: value for name, value in vars(row).items() if name != "_sa_instance_state"})
    handle_all(session)

    assert lan.openid not in shown
    assert (row.state, row.content_sealed) == (WeChatEventState.DONE, None)


@pytest.mark.parametrize(
    "how",
    [
        {"wrong": "signature"},
        {"wrong": "no_signature"},
        {"wrong": "inner_appid"},
        {"wrong": "ciphertext"},
        {"encrypted": False},
        {"timestamp": 1_714_112_445},
    ],
)
def test_what_is_not_wechats_is_refused_and_not_kept(
    phone: Client, session: Session, wechat: WeChatFake, lan: Person, how: dict[str, Any]
) -> None:
    """S-60: signature, age, appid and encryption are checked before anything is believed."""
    wechat.revoke(lan, POSITION)
    (request,) = requests_of(wechat, **how)

    assert refused(post(phone, request)) == (400, "push_refused")
    assert events(session) == []


def test_entities_are_refused(phone: Client, session: Session, wechat: WeChatFake, lan: Person) -> None:
    """S-62: billion laughs 400 in less than 50 ms, whatever signature stands beside it."""
    wechat.revoke(lan, POSITION)
    (request,) = requests_of(wechat)
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE x [<!ENTITY l0 "lol">{levels}]><xml><Encrypt>&l9;</Encrypt></xml>'
    took_s = []
    for _ in range(5):
        began = time.perf_counter()
        answer = post(phone, PushRequest(request.query, "text/xml", laughs))
        took_s.append(time.perf_counter() - began)
        assert refused(answer) == (400, "push_refused")

    assert min(took_s) < 0.05
    assert events(session) == []


def test_a_body_that_is_too_long_is_not_read(phone: Client, wechat: WeChatFake, lan: Person) -> None:
    """S-60, S-124: events have two kilobytes; what has more than 64 is not looked at."""
    wechat.revoke(lan, POSITION)
    (request,) = requests_of(wechat)

    assert post(phone, PushRequest(request.query, "text/xml", " " * 65_537)).status_code == 413


def test_the_address_is_checked_by_echo(phone: Client, asked: Callable[..., dict[str, str]]) -> None:
    """S-60: GET verification echoes what is signed, as plain text, and refuses the rest."""
    query = asked(appid="wx5f0000000000c0de", url="http://127.0.0.1:9/")
    right = phone.get(PATH, query_string=query)
    wrong = phone.get(PATH, query_string=query | {"signature": "0" * 40})

    assert (right.status_code, right.text, right.mimetype) == (200, query["echostr"], "text/plain")
    assert refused(wrong) == (400, "push_refused")
    assert refused(phone.get(PATH)) == (400, "push_refused")


def test_what_asks_nothing_of_us_is_answered_and_not_kept(
    phone: Client, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    wechat.clean_profile(lan)
    (request,) = requests_of(wechat)

    assert post(phone, request).text == "success"
    assert events(session) == []
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == f"POST {PATH}").order_by(AuditEntry.id.desc()).limit(1)
    ).one()
    assert entry.facts == {"event": "other", "kept": False}


def test_no_log_and_no_entry_names_whom_it_is_about(
    phone: Client, session: Session, wechat: WeChatFake, lan: Person
) -> None:
    """S-104: neither log nor trail holds an openid."""
    wechat.revoke(lan, POSITION)
    (request,) = requests_of(wechat)
    with capture_logs() as logged:
        post(phone, request)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == f"POST {PATH}")).all()

    assert lan.openid not in repr(logged)
    assert [lan.openid in repr(entry.facts) for entry in entries] == [False]


def test_without_wechat_nobody_is_heard(visitor: Client) -> None:
    assert refused(visitor.get(PATH)) == (503, "wechat_off")
    assert refused(visitor.post(PATH, data="<xml/>")) == (503, "wechat_off")
