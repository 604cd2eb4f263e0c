"""The pages for whoever tries the fake out: plainly a simulation, and what is on people's phones."""

import re
from html import unescape

import pytest
import requests

from tests.fakes.wechat.control import MINI_APPID, Person, WeChatFake
from tests.wechat_fake.plain import WAIT_S, login, post, token

SEND = "/cgi-bin/message/subscribe/send"


@pytest.fixture
def person(wechat: WeChatFake) -> Person:
    wechat.template("demo", "thing1")
    return wechat.user("<王芳>", note="居民 & 组长")


def page(wechat: WeChatFake, path: str) -> str:
    answer = requests.get(wechat.url + path, timeout=WAIT_S)
    assert "模拟微信</strong>：这不是真的微信" in answer.text
    assert "<王芳>" not in answer.text
    return answer.text


def links(text: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]+)"', text)]


def test_everybody_has_a_phone_with_a_code_that_works(wechat: WeChatFake, person: Person) -> None:
    front = page(wechat, "/")
    phone = page(wechat, links(front)[0])
    (code,) = re.findall(r"<code>(\w{32})</code>", phone)

    assert "居民 &amp; 组长" in front
    assert login(wechat, code)["openid"] == person.openid
    assert "没有这个演示人员" in page(wechat, "/phone?of=nobody")
    assert wechat.flags() == []


def test_messages_can_be_accepted_and_are_shown(wechat: WeChatFake, person: Person) -> None:
    (accept,) = links(page(wechat, links(page(wechat, "/"))[0]))
    assert "还可收 1 条" in page(wechat, accept)
    assert [event["Event"] for event in wechat.pending()] == ["subscribe_msg_popup_event"]
    data = {"thing1": {"value": "<b>楼道</b>"}}
    body = {"touser": person.openid, "template_id": "demo", "data": data}
    assert post(wechat, SEND, body, access_token=token(wechat))["errcode"] == 0
    phone = page(wechat, accept.partition("&")[0])

    assert "还可收 0 条" in phone
    assert "&lt;b&gt;楼道&lt;/b&gt;" in phone


def test_a_message_that_does_not_arrive_is_not_on_the_phone(wechat: WeChatFake, person: Person) -> None:
    wechat.user(person.name, delivery="failed")
    wechat.accept(person, "demo")
    body = {"touser": person.openid, "template_id": "demo", "data": {"thing1": {"value": "楼道"}}}
    post(wechat, SEND, body, access_token=token(wechat))

    assert "楼道" not in page(wechat, links(page(wechat, "/"))[0])


def test_a_code_is_asked_for_by_name_alone_and_is_what_sign_in_takes(
    wechat: WeChatFake, person: Person
) -> None:
    asked = requests.post(f"{wechat.url}/__fake__/code", json={"user": person.name}, timeout=WAIT_S)

    assert list(asked.json()) == ["code"]
    assert login(wechat, asked.json()["code"], appid=MINI_APPID)["openid"] == person.openid
