"""Many who sign in by WeChat behind one address, as a settlement does behind its carrier's."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.api.wechat.conftest import SESSIONS, refused
from tests.client import Answer, Client
from tests.fakes.wechat.control import Person, WeChatFake

LOGIN = "/sns/jscode2session"
Enter = Callable[[Person], Answer]
OK, BUSY = (201, None), (429, "too_many_requests")


def test_a_settlement_behind_one_address_gets_in(enter: Enter, wechat: WeChatFake) -> None:
    """S-126: per IP: a right sign-in uses up nothing of it."""
    people = [wechat.user(f"neighbour{n}") for n in range(65)]

    assert {refused(enter(one)) for one in people} == {OK}


def test_wrong_codes_count_against_their_address(phone: Client, wechat: WeChatFake, lan: Person) -> None:
    """S-126: per IP; WeChat is not asked any more then, and another address is not held back."""
    assert {refused(phone.post(SESSIONS, json={"code": f"0no{n}"})) for n in range(60)} == {
        (401, "wechat_code")
    }

    answer = phone.post(SESSIONS, json={"code": wechat.login_code(lan)})

    assert refused(answer) == BUSY
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert wechat.calls(LOGIN) == 60
    elsewhere: dict[str, Any] = {"environ_overrides": {"REMOTE_ADDR": "10.9.8.7"}}
    assert refused(phone.post(SESSIONS, json={"code": wechat.login_code(lan)}, **elsewhere)) == OK


def test_one_openid_signs_in_thirty_times(enter: Enter, wechat: WeChatFake, lan: Person) -> None:
    """S-126: per openid, wherever from; what is one too many opens no session, and others get in."""
    assert {refused(enter(lan)) for _ in range(30)} == {OK}

    answer = enter(lan)

    assert refused(answer) == BUSY
    assert 0 < int(answer.headers["Retry-After"]) <= 601
    assert refused(enter(wechat.user("hua"))) == OK


def test_whoever_goes_on_all_the_same_uses_up_his_address(
    enter: Enter, wechat: WeChatFake, lan: Person
) -> None:
    """S-126: each try asks WeChat, who ends our quota for everybody."""
    for _ in range(30 + 60):
        enter(lan)
    asked = wechat.calls(LOGIN)

    assert refused(enter(lan)) == BUSY
    assert asked == wechat.calls(LOGIN) == 90


def test_wechat_down_uses_up_nothing(enter: Enter, wechat: WeChatFake, lan: Person) -> None:
    """S-52, S-126: who came while WeChat was away was not wrong."""
    wechat.chance(LOGIN, 1, "busy")
    assert {refused(enter(lan)) for _ in range(65)} == {(503, "wechat_away")}
    wechat.no_faults()

    assert refused(enter(lan)) in (OK, (503, "wechat_away")), "a circuit may still be open"


def test_the_browser_counts_with_the_same_limits(wechat_app: Flask) -> None:
    """S-126: per IP: what comes back without a state of ours is wrong."""
    browser = Client(wechat_app, None)
    wrong = [refused(browser.get(f"/v1/oauth/wechat/callback?code=x&state=y{n}")) for n in range(61)]

    assert wrong == [(400, "sign_in_state")] * 60 + [BUSY]


@pytest.mark.parametrize(
    "path", ["/v1/oauth/wechat/start", "/v1/wechat/page-signature?url=https%3A%2F%2Fgongdi.example.cn%2F"]
)
def test_a_settlement_begins_behind_one_address(wechat_app: Flask, path: str) -> None:
    """S-126: per IP: what each browser asks for as it opens our pages is wide, and has an end."""
    browser = Client(wechat_app, None)
    begun = [browser.get(path).status_code for _ in range(600)]

    answer = browser.get(path)

    assert set(begun) <= {200, 302}
    assert refused(answer) == BUSY
    assert 0 < int(answer.headers["Retry-After"]) <= 61


def test_whoever_waits_to_begin_reads_it_on_a_page(wechat_app: Flask) -> None:
    """S-126: WeChat's browser asks for a page."""
    browser = Client(wechat_app, None)
    for _ in range(600):
        browser.get("/v1/oauth/wechat/start")

    answer = browser.get("/v1/oauth/wechat/start", headers={"Accept": "text/html"})

    assert (answer.status_code, answer.mimetype) == (429, "text/html")
    assert "这会儿用的人太多，请稍后再试" in answer.text
