"""code2Session as the platform's page describes it (F1 to F3)."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.fakes.wechat.control import H5_APPID, MINI_APPID, MINI_SECRET, WeChatFake
from tests.wechat_fake.plain import LOGIN, get, login


def test_a_code_gives_ids_and_a_session_key_without_errcode(wechat: WeChatFake) -> None:
    person = wechat.user("王芳")

    answer = login(wechat, wechat.login_code(person))

    assert answer == {
        "openid": person.openid,
        "unionid": person.unionid,
        "session_key": answer["session_key"],
    }
    assert len(person.openid) == 28


def test_a_used_code_is_refused(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    code = wechat.login_code("王芳")
    login(wechat, code)

    assert login(wechat, code)["errcode"] == 40163


def test_a_code_lives_five_minutes(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    wechat.set_clock(1_790_000_000)
    in_time, late = wechat.login_code("王芳"), wechat.login_code("王芳")

    wechat.advance(300)
    assert "openid" in login(wechat, in_time)
    wechat.advance(1)
    assert login(wechat, late)["errcode"] == 40029


def test_codes_that_are_not_login_codes_of_this_app_are_invalid(wechat: WeChatFake) -> None:
    wechat.user("王芳")

    assert login(wechat, "0nobodysCode")["errcode"] == 40029
    assert login(wechat, wechat.phone_code("王芳"))["errcode"] == 40029
    assert login(wechat, wechat.login_code("王芳", H5_APPID))["errcode"] == 40029


def test_wrong_credentials(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    code = wechat.login_code("王芳")

    assert login(wechat, code, appid="wxffffffffffffffff")["errcode"] == 40013
    assert login(wechat, code, secret="0" * 32)["errcode"] == 40125
    assert "openid" in login(wechat, code)


@pytest.mark.parametrize(
    "left_out, errcode",
    [("appid", 41002), ("secret", 41004), ("js_code", 41008), ("grant_type", 40002)],
)
def test_missing_parameters(wechat: WeChatFake, left_out: str, errcode: int) -> None:
    query = {
        "appid": MINI_APPID,
        "secret": MINI_SECRET,
        "js_code": "0code",
        "grant_type": "authorization_code",
    }
    del query[left_out]

    assert get(wechat, LOGIN, **query)["errcode"] == errcode


def test_a_blocked_persons_code_is_blocked(wechat: WeChatFake) -> None:
    wechat.user("王芳", blocked=True)

    assert login(wechat, wechat.login_code("王芳"))["errcode"] == 40226


def test_error_texts_carry_the_requests_id(wechat: WeChatFake) -> None:
    first, second = (login(wechat, "0nobodysCode")["errmsg"] for _ in range(2))

    assert first != second
    assert first.startswith("invalid code, rid: ")
    assert [len(part) for part in first.partition("rid: ")[2].split("-")] == [8, 8, 8]


def test_two_uses_at_the_same_moment_give_one_success(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    for _ in range(5):
        code = wechat.login_code("王芳")
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(partial(login, wechat), [code] * 8))
        assert sorted(answer.get("errcode", 0) for answer in answers) == [0] + [40163] * 7


def test_without_an_open_platform_there_is_no_unionid(wechat: WeChatFake) -> None:
    wechat.user("王芳", has_unionid=False)
    assert "unionid" not in login(wechat, wechat.login_code("王芳"))

    wechat.user("李强")
    wechat.app(open_platform=False)
    assert "unionid" not in login(wechat, wechat.login_code("李强"))


def test_a_person_has_another_openid_in_each_app_and_one_unionid(wechat: WeChatFake) -> None:
    person = wechat.user("王芳")

    assert person.openid != person.h5_openid
    assert person.unionids[MINI_APPID] == person.unionids[H5_APPID]


def test_errcode_may_be_there_on_success(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    wechat.habit(errcode_on_success="zero")

    answer = login(wechat, wechat.login_code("王芳"))

    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")


def test_the_session_key_changes_with_each_login(wechat: WeChatFake) -> None:
    wechat.user("王芳")

    keys = {login(wechat, wechat.login_code("王芳"))["session_key"] for _ in range(3)}

    assert len(keys) == 3


def test_one_person_logs_in_a_hundred_times_a_minute(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    wechat.set_clock(1_790_000_000)
    wechat.quota(f"{LOGIN} of one user", per_minute=2)

    codes = [login(wechat, wechat.login_code("王芳")).get("errcode", 0) for _ in range(3)]
    wechat.advance(60)
    codes.append(login(wechat, wechat.login_code("王芳")).get("errcode", 0))

    assert codes == [0, 0, 45011, 0]
