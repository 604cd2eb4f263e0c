"""OAuth of pages opened in WeChat (F19)."""

import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from tests.fakes.wechat.control import H5_APPID, H5_SECRET, MINI_APPID, WeChatFake
from tests.wechat_fake.plain import WAIT_S, get

EXCHANGE = "/sns/oauth2/access_token"
CALLBACK = "http://127.0.0.1:8000/wechat/callback?from=menu"


def address(wechat: WeChatFake, **changes: str) -> str:
    asked = {
        "appid": H5_APPID,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "a1B2c3",
    }
    return f"{wechat.url}/connect/oauth2/authorize?{urlencode(asked | changes)}#wechat_redirect"


def exchange(wechat: WeChatFake, code: str, **changes: str) -> dict[str, object]:
    asked = {"appid": H5_APPID, "secret": H5_SECRET, "code": code, "grant_type": "authorization_code"}
    found: dict[str, object] = get(wechat, EXCHANGE, **(asked | changes))
    return found


def code_in(location: str) -> str:
    return parse_qs(urlsplit(location).query)["code"][0]


def test_the_browser_comes_back_with_code_and_state(wechat: WeChatFake) -> None:
    wechat.user("王芳")

    location = wechat.authorize(address(wechat), "王芳")

    query = parse_qs(urlsplit(location).query)
    assert location.startswith("http://127.0.0.1:8000/wechat/callback?")
    assert (query["from"], query["state"]) == (["menu"], ["a1B2c3"])


def test_the_silent_scope_gives_the_openid_only(wechat: WeChatFake) -> None:
    person = wechat.user("王芳")

    answer = exchange(wechat, code_in(wechat.authorize(address(wechat), person)))

    assert set(answer) == {"access_token", "expires_in", "refresh_token", "openid", "scope"}
    assert (answer["openid"], answer["scope"]) == (person.h5_openid, "snsapi_base")


def test_the_asking_scope_gives_the_unionid(wechat: WeChatFake) -> None:
    person = wechat.user("王芳")

    answer = exchange(wechat, code_in(wechat.authorize(address(wechat, scope="snsapi_userinfo"), person)))

    assert (answer["openid"], answer["unionid"]) == (person.h5_openid, person.unionid)


def test_a_callback_that_arrives_twice_has_a_used_code(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    location = wechat.authorize(address(wechat), "王芳")

    first, second = (exchange(wechat, code_in(location)) for _ in range(2))

    assert "openid" in first
    assert second["errcode"] == 40163


def test_codes_that_are_refused(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    wechat.set_clock(1_790_000_000)
    code, late = wechat.oauth_code("王芳"), wechat.oauth_code("王芳")

    assert exchange(wechat, wechat.login_code("王芳", H5_APPID))["errcode"] == 40029
    assert exchange(wechat, "")["errcode"] == 41008
    assert exchange(wechat, code, secret="0" * 32)["errcode"] == 40125
    assert exchange(wechat, code, grant_type="client_credential")["errcode"] == 40002
    assert "openid" in exchange(wechat, code)
    wechat.advance(301)
    assert exchange(wechat, late)["errcode"] == 40029


@pytest.mark.parametrize(
    "changes, number",
    [
        ({"redirect_uri": "http://elsewhere.example/callback"}, 10003),
        ({"redirect_uri": "http://127.0.0.1.elsewhere.example/"}, 10003),
        ({"redirect_uri": "javascript://127.0.0.1/"}, 10003),
        ({"redirect_uri": ""}, 10003),
        ({"scope": "snsapi_everything"}, 10005),
        ({"response_type": "token"}, 10005),
        ({"appid": "wxffffffffffffffff"}, 40013),
        ({"appid": MINI_APPID}, 40013),
        ({"state": "not-only-letters"}, 10009),
        ({"state": "a" * 129}, 10009),
    ],
)
def test_what_the_page_refuses(wechat: WeChatFake, changes: dict[str, str], number: int) -> None:
    wechat.user("王芳")
    wechat.browse_as("王芳")

    answer = requests.get(address(wechat, **changes), allow_redirects=False, timeout=WAIT_S)

    assert (answer.status_code, "Location" in answer.headers) == (200, False)
    assert f"错误码：{number}" in answer.text


def test_a_domain_with_a_port_is_matched_with_it(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    wechat.app(H5_APPID, oauth_domain="127.0.0.1:8000")
    assert wechat.authorize(address(wechat), "王芳").startswith("http://127.0.0.1:8000/")

    with pytest.raises(RuntimeError, match="10003"):
        wechat.authorize(address(wechat, redirect_uri="http://127.0.0.1:8001/"), "王芳")


def test_the_page_asks_whom_to_be_and_sends_that_person_back(wechat: WeChatFake) -> None:
    wechat.user("王芳", note="居民")
    person = wechat.user("<李强>", note="网格员")

    page = requests.get(address(wechat), timeout=WAIT_S)

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "这不是真的微信" in page.text
    assert "<李强>" not in page.text
    assert "&lt;李强&gt;" in page.text
    links = [unescape(link) for link in re.findall(r'class="person" href="([^"]+)"', page.text)]
    back = requests.get(wechat.url + links[1], allow_redirects=False, timeout=WAIT_S)
    assert back.status_code == 302
    assert exchange(wechat, code_in(back.headers["Location"]))["openid"] == person.h5_openid


def test_the_choice_is_checked_like_the_page(wechat: WeChatFake) -> None:
    wechat.user("王芳")
    link = address(wechat).replace("/authorize?", "/choose?").partition("#")[0]

    nobody = requests.get(f"{link}&as=nobody", allow_redirects=False, timeout=WAIT_S)
    assert "没有这个演示人员" in nobody.text
    away = address(wechat, redirect_uri="http://elsewhere.example/").replace("/authorize?", "/choose?")
    moved = requests.get(away.replace("#", "&as=王芳#"), allow_redirects=False, timeout=WAIT_S)
    assert (moved.status_code, "10003" in moved.text) == (200, True)


def test_a_browsers_own_headers_are_no_fault(wechat: WeChatFake) -> None:
    requests.get(address(wechat), headers={"Cookie": "a=b"}, timeout=WAIT_S)

    assert wechat.flags() == []
