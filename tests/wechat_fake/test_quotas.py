"""How often what may be called (F8)."""

import pytest

from tests.fakes.wechat.control import H5_APPID, H5_SECRET, MINI_APPID, MINI_SECRET, WeChatFake
from tests.wechat_fake.plain import LOGIN, PHONE, STABLE, fetch_token, get, post, token

NOON = 1_790_000_000
CHECK = "/wxa/msg_sec_check"
EXCHANGE = "/sns/oauth2/access_token"
CLEAR = "/cgi-bin/clear_quota/v2"
OWNER = {"appid": MINI_APPID, "appsecret": MINI_SECRET}


def codes(wechat: WeChatFake, times: int) -> list[int]:
    return [fetch_token(wechat).get("errcode", 0) for _ in range(times)]


def test_a_minute_quota_comes_back_with_the_next_minute(wechat: WeChatFake) -> None:
    wechat.set_clock(NOON)
    wechat.quota(STABLE, per_minute=2)

    assert codes(wechat, 3) == [0, 0, 45011]
    wechat.advance(60)
    assert codes(wechat, 3) == [0, 0, 45011]


def test_a_daily_quota_comes_back_at_midnight_in_china(wechat: WeChatFake) -> None:
    before_midnight = 1_789_999_200 - (1_789_999_200 + 8 * 3600) % 86400 + 86400 - 1
    wechat.set_clock(before_midnight)
    wechat.quota(STABLE, per_day=2)

    assert codes(wechat, 3) == [0, 0, 45009]
    wechat.advance(1)
    assert codes(wechat, 1) == [0]


def test_the_text_check_has_a_code_of_its_own(wechat: WeChatFake) -> None:
    person = wechat.user("王芳")
    wechat.visit(person)
    wechat.set_clock(wechat.now())
    wechat.quota(CHECK, per_minute=1)
    body = {"content": "楼道灯坏了", "version": 2, "scene": 2, "openid": person.openid}
    text = token(wechat)

    found = [post(wechat, CHECK, body, access_token=text)["errcode"] for _ in range(2)]

    assert found == [0, 44991]


@pytest.mark.parametrize("path", [LOGIN, EXCHANGE])
def test_a_quota_of_a_login_strikes(wechat: WeChatFake, path: str) -> None:
    """Whatever the code: the quota counts calls."""
    wechat.set_clock(NOON)
    wechat.quota(path, per_minute=2)
    whose = {LOGIN: (MINI_APPID, MINI_SECRET, "js_code"), EXCHANGE: (H5_APPID, H5_SECRET, "code")}
    appid, secret, code = whose[path]
    asked = {"appid": appid, "secret": secret, code: "x", "grant_type": "authorization_code"}

    assert [get(wechat, path, **asked)["errcode"] for _ in range(3)] == [40029, 40029, 45011]


def test_quotas_are_of_one_app(wechat: WeChatFake) -> None:
    wechat.app("wx00000000000000aa", secret="aa" * 16)
    wechat.quota(STABLE, per_day=1)
    other = {"grant_type": "client_credential", "appid": "wx00000000000000aa", "secret": "aa" * 16}

    assert codes(wechat, 2) == [0, 45009]
    assert "access_token" in post(wechat, STABLE, other)


def test_clearing_begins_the_day_anew_ten_times_a_month(wechat: WeChatFake) -> None:
    wechat.set_clock(NOON)
    wechat.quota(STABLE, per_day=1)
    assert codes(wechat, 2) == [0, 45009]

    assert post(wechat, CLEAR, OWNER)["errcode"] == 0
    assert codes(wechat, 2) == [0, 45009]
    cleared = [post(wechat, CLEAR, OWNER)["errcode"] for _ in range(10)]
    assert cleared == [0] * 9 + [48006]
    wechat.advance(31 * 86400)
    assert post(wechat, CLEAR, OWNER)["errcode"] == 0


def test_clearing_with_a_token_counts_together_with_clearing_by_secret(wechat: WeChatFake) -> None:
    text = token(wechat)
    for _ in range(10):
        assert post(wechat, CLEAR, OWNER)["errcode"] == 0

    again = post(wechat, "/cgi-bin/clear_quota", {"appid": MINI_APPID}, access_token=text)

    assert again["errcode"] == 48006


def test_a_quota_of_calls_with_a_token(wechat: WeChatFake) -> None:
    text = token(wechat)
    wechat.quota(PHONE, per_day=1)

    found = [post(wechat, PHONE, {"code": "0none"}, access_token=text)["errcode"] for _ in range(2)]

    assert found == [40029, 45009]
