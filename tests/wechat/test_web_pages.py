"""The web app inside WeChat: signatures for its pages, and sign-in through WeChat."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import redis

from app.adapters.wechat import (
    CodeRefusedError,
    PageRefusedError,
    ServiceAccount,
    WeChat,
    WeChatConfigurationError,
    WeChatIdentity,
    open_wechat,
)
from app.adapters.wechat.service_account import page_signature
from app.clock import now
from tests.fakes.wechat.control import H5_APPID, H5_SECRET, Person, WeChatFake
from tests.wechat.conftest import Open
from tests.wechat.installation import SECRET_KEY, settings_for

TOKEN = "/cgi-bin/stable_token"
TICKET = "/cgi-bin/ticket/getticket"
PAGE = "https://gongdi.example.cn/scan?from=wall"
BACK = "https://gongdi.example.cn/wechat/back"
STATE = "a1B2c3D4e5F6g7H8"
Later = Callable[[float], None]
ELSEWHERE = [
    "https://evil.com",
    "https://evil.com/gongdi.example.cn",
    "https://gongdi.example.cn@evil.com",
    "https://gongdi.example.cn:443@evil.com/",
    "https://gongdi.example.cn.evil.com",
    "https://evilgongdi.example.cn",
    "https://ours.gongdi.example.cn",
    "https://example.cn",
    "http://gongdi.example.cn/",
    "//gongdi.example.cn/",
    "gongdi.example.cn",
    "javascript:alert(1)//gongdi.example.cn",
    "https:gongdi.example.cn",
    "https:///gongdi.example.cn",
    "https://evil.com\\@gongdi.example.cn",
    "https://evil.com\\.gongdi.example.cn",
    "https://gongdi.example.cn\\.evil.com",
    "https://gongdi.example.cn:8443/",
    "https://gongdi.example.cn:port/",
    "https://user:word@gongdi.example.cn/",
    "https://gongdi.example.cn\t.evil.com/",
    "https://gongdi.example.cn\n.evil.com/",
    " https://gongdi.example.cn/",
    "https://[gongdi.example.cn/",
    "https://ｇongdi.example.cn/",
    "https://#@gongdi.example.cn/",
    "https://evil.com#https://gongdi.example.cn/",
    "https://evil.com?https://gongdi.example.cn/",
    "https://gongdi.example.cn/" + "a" * 2048,
    "",
]


@pytest.fixture
def web(client: WeChat) -> ServiceAccount:
    assert client.web is not None
    return client.web


@pytest.mark.parametrize(
    "url, signature",
    [
        ("http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"),
        ("http://mp.weixin.qq.com", "f4d90daf4b3bca3078ab155816175ba34c443a7b"),
    ],
)
def test_the_official_signatures(url: str, signature: str) -> None:
    """S-64: the official vectors."""
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"

    assert page_signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, url) == signature


def test_one_of_our_pages_is_signed(web: ServiceAccount, fake: WeChatFake) -> None:
    """S-64: what comes after # does not count; all other signs do."""
    signed = web.sign_page(PAGE + "#/deep?x=1")

    assert signed.appid == H5_APPID
    assert abs(signed.timestamp - now().timestamp()) < 60
    again = web.sign_page(PAGE)
    assert again.nonce != signed.nonce
    assert (fake.calls(TOKEN), fake.calls(TICKET)) == (1, 1)
    assert fake.flags() == []


def test_the_signature_is_over_the_page_without_its_fragment(web: ServiceAccount, fake: WeChatFake) -> None:
    """S-64: strips #: the signature is the one that WeChat computes for the bare address."""
    fake.app(H5_APPID, js_domains=["gongdi.example.cn"])
    signed = web.sign_page(PAGE + "#fragment")

    given = {
        "noncestr": signed.nonce,
        "timestamp": str(signed.timestamp),
        "signature": signed.signature,
    }
    assert fake.judge_page(PAGE, **given) == "ok"
    assert fake.judge_page(PAGE + "&more", **given) != "ok"


@pytest.mark.parametrize("url", ELSEWHERE)
def test_no_other_page_is_signed_or_returned_to(web: ServiceAccount, fake: WeChatFake, url: str) -> None:
    """S-64: only allow-listed https hosts, however the address is written; WeChat is not even asked."""
    with pytest.raises(PageRefusedError):
        web.sign_page(url)
    with pytest.raises(PageRefusedError):
        web.authorize_url(url, STATE)

    assert fake.journal() == []


HERE = ["http://127.0.0.1:8000/back", "http://localhost/back", "https://127.0.0.1/back"]


@pytest.mark.parametrize("url", HERE)
def test_on_this_machine_sign_in_may_be_tried_without_tls_and_signing_may_not(
    fake: WeChatFake, lan: Person, store: redis.Redis, url: str
) -> None:
    """S-64: an address that nobody else can reach, for trying out; pages are signed on https only."""
    hosts = ("127.0.0.1", "localhost")
    made = open_wechat(settings_for(fake.url), store, secret_key=SECRET_KEY, hosts=hosts)
    assert made is not None
    assert made.web is not None
    host = urlsplit(url).hostname
    fake.app(H5_APPID, oauth_domain=host)
    assert fake.authorize(made.web.authorize_url(url, STATE), lan).startswith(url)
    for other in ("http://127.0.0.1@gongdi.example.cn/", "http://127.0.0.1.example.cn/", "http://0.0.0.0/"):
        with pytest.raises(PageRefusedError):
            made.web.authorize_url(other, STATE)
    if url.startswith("http:"):
        with pytest.raises(PageRefusedError):
            made.web.sign_page(url)


@pytest.mark.parametrize("url", ["https://GONGDI.example.cn/a", "https://gongdi.example.cn:443", PAGE])
def test_our_own_host_may_be_written_otherwise(web: ServiceAccount, url: str) -> None:
    assert len(web.sign_page(url).signature) == 40


def test_the_ticket_is_shared_and_renewed(open_client: Open, fake: WeChatFake, later: Later) -> None:
    for _ in range(2):
        web = open_client().web
        assert web is not None
        web.sign_page(PAGE)
    assert (fake.calls(TOKEN), fake.calls(TICKET)) == (1, 1)
    later(6901)
    web = open_client().web
    assert web is not None
    web.sign_page(PAGE)
    assert (fake.calls(TOKEN), fake.calls(TICKET)) == (2, 2)


def test_a_refused_token_is_replaced_for_the_ticket_too(
    web: ServiceAccount, open_client: Open, fake: WeChatFake, store: redis.Redis
) -> None:
    web.sign_page(PAGE)
    store.delete(f"wechat:{H5_APPID}:ticket")
    fake.supersede_token(H5_APPID)
    fake.clear_journal()
    other = open_client().web
    assert other is not None

    assert len(other.sign_page(PAGE).signature) == 40
    assert (fake.calls(TOKEN), fake.calls(TICKET)) == (1, 2)


def test_a_ticket_with_little_left_is_not_fetched_each_time(
    web: ServiceAccount, open_client: Open, fake: WeChatFake, later: Later
) -> None:
    """WeChat gives the same ticket until its end: one fetched late is used for half of what it has left."""
    web.sign_page(PAGE)
    later(7000)
    for _ in range(3):
        late = open_client().web
        assert late is not None
        late.sign_page(PAGE)
    assert fake.calls(TICKET) == 2
    later(101)
    web.sign_page(PAGE)
    assert fake.calls(TICKET) == 3


def test_sign_in_goes_through_wechat_and_back(web: ServiceAccount, fake: WeChatFake, lan: Person) -> None:
    fake.app(H5_APPID, oauth_domain="gongdi.example.cn")
    address = web.authorize_url(BACK + "?to=points#top", STATE)
    assert address.endswith("#wechat_redirect")
    back = urlsplit(fake.authorize(address, lan))
    query = parse_qs(back.query)
    assert (back.hostname, query["to"], query["state"]) == ("gongdi.example.cn", ["points"], [STATE])

    assert web.exchange(query["code"][0]) == WeChatIdentity(lan.h5_openid, None)
    with pytest.raises(CodeRefusedError) as caught:
        web.exchange(query["code"][0])
    assert caught.value.errcode == 40163
    assert fake.flags() == []


def test_a_unionid_comes_where_wechat_gives_one(web: ServiceAccount, fake: WeChatFake, lan: Person) -> None:
    code = fake.oauth_code(lan, scope="snsapi_userinfo")

    assert web.exchange(code) == WeChatIdentity(lan.h5_openid, lan.unionid)


def test_a_web_code_is_sent_once(web: ServiceAccount, fake: WeChatFake, lan: Person) -> None:
    """S-44: as for the mini-program: a code is never retried."""
    fake.fault("/sns/oauth2/access_token", "errcode", errcode=40125)
    with pytest.raises(WeChatConfigurationError):
        web.exchange(fake.oauth_code(lan))

    assert fake.calls("/sns/oauth2/access_token") == 1


@pytest.mark.parametrize("state", ["", "short", "a" * 129, "a1B2c3D4e5F6g7H-", "状态" * 10])
def test_a_state_that_wechat_would_lose_is_a_mistake(web: ServiceAccount, state: str) -> None:
    with pytest.raises(ValueError, match="16 to 128"):
        web.authorize_url(BACK, state)


def test_without_a_service_account_there_is_no_web(open_client: Open) -> None:
    client = open_client(web_appid="", web_secret="", callback_token="", callback_keys=())

    assert (client.web, client.callbacks) == (None, None)


def test_the_secret_goes_only_into_the_exchange(web: ServiceAccount) -> None:
    assert H5_SECRET not in web.authorize_url(BACK, STATE)
