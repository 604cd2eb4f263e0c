"""The JS-SDK's ticket and signature (F18)."""

import pytest

from tests.fakes.wechat.control import H5_APPID, WeChatFake
from tests.fakes.wechat.signing import jsapi_signature
from tests.wechat_fake.plain import get, token

TICKET = "/cgi-bin/ticket/getticket"
OFFICIAL = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
PAGE = {"noncestr": "Wm3WZYTPz0wzccnW", "timestamp": "1414587457"}


def fetch(wechat: WeChatFake, **query: str) -> dict[str, object]:
    found: dict[str, object] = get(wechat, TICKET, **({"type": "jsapi"} | query))
    return found


@pytest.mark.parametrize(
    "url, signature",
    [
        ("http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
        ("http://mp.weixin.qq.com?params=value#top", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
        ("http://mp.weixin.qq.com", "f4d90daf4b3bca3078ab155816175ba34c443a7b"),
    ],
)
def test_the_platforms_own_example(url: str, signature: str) -> None:
    assert jsapi_signature(OFFICIAL, PAGE["noncestr"], PAGE["timestamp"], url) == signature


def test_a_ticket_is_the_same_for_two_hours(wechat: WeChatFake) -> None:
    wechat.set_clock(1_790_000_000)
    first = fetch(wechat, access_token=token(wechat, H5_APPID))
    wechat.advance(7199)
    again = fetch(wechat, access_token=token(wechat, H5_APPID))
    wechat.advance(1)
    new = fetch(wechat, access_token=token(wechat, H5_APPID))

    assert (first["errcode"], first["errmsg"], first["expires_in"]) == (0, "ok", 7200)
    assert (again["ticket"], again["expires_in"]) == (first["ticket"], 1)
    assert (new["ticket"] != first["ticket"], new["expires_in"]) == (True, 7200)


def test_refused_tickets(wechat: WeChatFake) -> None:
    good = token(wechat, H5_APPID)

    assert fetch(wechat)["errcode"] == 41001
    assert fetch(wechat, access_token=token(wechat))["errcode"] == 48001
    assert fetch(wechat, access_token=good, type="wx_card")["errcode"] == 40097
    wechat.supersede_token(H5_APPID)
    assert fetch(wechat, access_token=good)["errcode"] == 40001


def test_a_phone_judges_a_page(wechat: WeChatFake) -> None:
    wechat.set_clock(1_790_000_000)
    url = "http://127.0.0.1:8000/app/scan?from=home"
    ticket = str(fetch(wechat, access_token=token(wechat, H5_APPID))["ticket"])
    right = jsapi_signature(ticket, PAGE["noncestr"], PAGE["timestamp"], url)

    assert wechat.judge_page(url, signature=right, **PAGE) == "ok"
    assert wechat.judge_page(f"{url}#top", signature=right, **PAGE) == "ok"
    assert wechat.judge_page(f"{url}&a=b", signature=right, **PAGE) == "invalid signature"
    away = "http://elsewhere.example/app"
    forged = jsapi_signature(ticket, PAGE["noncestr"], PAGE["timestamp"], away)
    assert wechat.judge_page(away, signature=forged, **PAGE) == "invalid url domain"
    wechat.advance(7200)
    assert wechat.judge_page(url, signature=right, **PAGE) == "invalid signature"
