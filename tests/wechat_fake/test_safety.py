"""Risk rank (F17) and text check (F15)."""

from typing import Any

import pytest

from tests.fakes.wechat.control import MINI_APPID, Person, WeChatFake
from tests.wechat_fake.plain import login, post, token

RANK = "/wxa/getuserriskrank"
CHECK = "/wxa/msg_sec_check"


def rank(wechat: WeChatFake, person: Person, **changes: Any) -> dict[str, Any]:
    body = {"appid": MINI_APPID, "openid": person.openid, "scene": 0, "client_ip": "192.0.2.1"} | changes
    found: dict[str, Any] = post(wechat, RANK, body, access_token=token(wechat))
    return found


def check(wechat: WeChatFake, person: Person, content: str, **changes: Any) -> dict[str, Any]:
    body = {"content": content, "version": 2, "scene": 2, "openid": person.openid} | changes
    found: dict[str, Any] = post(wechat, CHECK, body, access_token=token(wechat))
    return found


@pytest.mark.parametrize("level", [0, 1, 2, 3, 4])
def test_a_visitors_rank(wechat: WeChatFake, level: int) -> None:
    person = wechat.user("王芳", risk_rank=level)
    login(wechat, wechat.login_code(person))

    answer = rank(wechat, person)

    assert (answer["errcode"], answer["errmsg"], answer["risk_rank"]) == (0, "getuserriskrank succ", level)
    assert isinstance(answer["unoin_id"], int)
    assert "union_id" not in answer


def test_who_has_no_rank(wechat: WeChatFake) -> None:
    person = wechat.user("王芳")
    assert rank(wechat, person)["errcode"] == 61010
    assert rank(wechat, person, is_test=True)["errcode"] == 0

    wechat.visit(person)
    assert rank(wechat, person, openid="oNobody")["errcode"] == 43104
    assert rank(wechat, person, appid="wxffffffffffffffff")["errcode"] == 43104
    assert rank(wechat, person, scene=9)["errcode"] == 47001
    assert rank(wechat, person, client_ip="")["errcode"] == 47001
    wechat.user("王芳", risk_refused=True)
    assert rank(wechat, person)["errcode"] == 61081


def test_a_visit_counts_for_two_hours(wechat: WeChatFake) -> None:
    person = wechat.user("王芳")
    wechat.set_clock(1_790_000_000)
    wechat.visit(person)

    wechat.advance(7200)
    assert (rank(wechat, person)["errcode"], check(wechat, person, "好")["errcode"]) == (0, 0)
    wechat.advance(1)
    assert (rank(wechat, person)["errcode"], check(wechat, person, "好")["errcode"]) == (61010, 61010)


@pytest.mark.parametrize(
    "content, suggest", [("好", "pass"), ("存疑的话", "review"), ("存疑的坏话", "risky")]
)
def test_a_text_is_judged_by_its_words(wechat: WeChatFake, content: str, suggest: str) -> None:
    wechat.words(review=["存疑"], risky=["坏话"])
    person = wechat.user("王芳")
    wechat.visit(person)

    answer = check(wechat, person, content)

    assert (answer["errcode"], answer["result"]["suggest"]) == (0, suggest)
    assert answer["detail"][0]["suggest"] == suggest
    assert answer["trace_id"]


def test_texts_that_are_refused(wechat: WeChatFake) -> None:
    person = wechat.user("王芳")
    wechat.visit(person)

    assert check(wechat, person, "字" * 2500)["errcode"] == 0
    assert check(wechat, person, "字" * 2501)["errcode"] == 40129
    assert check(wechat, person, "好", version=1)["errcode"] == 40129
    assert check(wechat, person, "好", scene=5)["errcode"] == 40129
    assert check(wechat, person, "")["errcode"] == 44002
    assert check(wechat, person, "好", openid="oNobody")["errcode"] == 43104
