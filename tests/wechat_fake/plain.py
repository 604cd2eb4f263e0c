"""A plain client of the platform: calls a path and gives the JSON back, without any cleverness."""

from typing import Any

import requests

from tests.fakes.wechat.control import H5_APPID, H5_SECRET, MINI_APPID, MINI_SECRET, WeChatFake

SECRETS = {MINI_APPID: MINI_SECRET, H5_APPID: H5_SECRET}
WAIT_S = 10
LOGIN = "/sns/jscode2session"
PHONE = "/wxa/business/getuserphonenumber"
STABLE = "/cgi-bin/stable_token"


def get(fake: WeChatFake, path: str, **query: Any) -> Any:
    """Call GET and give the JSON, checking that business errors come with HTTP 200."""
    answer = requests.get(fake.url + path, params=query, timeout=WAIT_S)
    assert answer.status_code == 200
    return answer.json()


def post(fake: WeChatFake, path: str, body: Any, **query: Any) -> Any:
    """Call POST with JSON and give the JSON."""
    answer = requests.post(fake.url + path, params=query, json=body, timeout=WAIT_S)
    assert answer.status_code == 200
    return answer.json()


def login(fake: WeChatFake, code: str, appid: str = MINI_APPID, secret: str = "") -> Any:
    """Call code2Session."""
    return get(
        fake,
        LOGIN,
        appid=appid,
        secret=secret or SECRETS.get(appid, "0" * 32),
        js_code=code,
        grant_type="authorization_code",
    )


def fetch_token(fake: WeChatFake, appid: str = MINI_APPID, **more: Any) -> Any:
    """Call stable_token."""
    given = {"grant_type": "client_credential", "appid": appid, "secret": SECRETS[appid]}
    return post(fake, STABLE, given | more)


def token(fake: WeChatFake, appid: str = MINI_APPID) -> str:
    """Give a token that is valid now."""
    return str(fetch_token(fake, appid)["access_token"])
