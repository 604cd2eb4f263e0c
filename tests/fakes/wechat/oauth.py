"""OAuth for pages opened in WeChat: the authorize page and the code's exchange."""

import re
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from tests.fakes.wechat import pages
from tests.fakes.wechat.accounts import App, User
from tests.fakes.wechat.call import Call, Reply, redirect_reply
from tests.fakes.wechat.codes import ALPHABET
from tests.fakes.wechat.endpoint import Endpoint, credentials, words
from tests.fakes.wechat.refusals import Refusal
from tests.fakes.wechat.world import World

AUTHORIZE = "/connect/oauth2/authorize"
CHOOSE = "/connect/oauth2/choose"
SCOPES = {"snsapi_base", "snsapi_userinfo"}
STATE = re.compile(r"[a-zA-Z0-9]{0,128}")
ASKED = words("appid redirect_uri response_type scope state")
TOKEN_S = 7200


def authorize(world: World, call: Call) -> Reply:
    """Send the browser back with a code, silently if it is known whose it is; else ask whom to be."""
    wrong = _what_is_wrong(world, call)
    if wrong is not None:
        return wrong
    if world.browser_of is not None:
        return _back(world, call, world.users[world.browser_of])
    here = {name: value for name, value in call.pairs if name in ASKED}
    people = [user for user in world.users.values() if not user.closed]
    return pages.choice([(user, f"{CHOOSE}?{urlencode(here | {'as': user.name})}") for user in people])


def choose(world: World, call: Call) -> Reply:
    """Send the browser back as the person who was picked."""
    wrong = _what_is_wrong(world, call)
    if wrong is not None:
        return wrong
    user = world.users.get(call.query.get("as", ""))
    return pages.trouble("没有这个演示人员", 40003) if user is None else _back(world, call, user)


def exchange(world: World, call: Call) -> dict[str, Any]:
    """Answer a code with the person's openid; with unionid only if more than the silent scope was asked."""
    app = credentials(world, dict(call.query))
    world.quotas.count(call.path, app.appid)
    if not call.query.get("code"):
        raise Refusal(41008)
    if call.query.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    code = world.codes.spend(call.query["code"], "oauth", app)
    unionid = code.user.unionid(app) if code.scope == "snsapi_userinfo" else None
    return {
        "access_token": "".join(world.random.choices(ALPHABET, k=110)),
        "expires_in": TOKEN_S,
        "refresh_token": "".join(world.random.choices(ALPHABET, k=110)),
        "openid": code.user.openid(app),
        "scope": code.scope,
    } | ({"unionid": unionid} if unionid else {})


def _what_is_wrong(world: World, call: Call) -> Reply | None:
    asked = call.query
    app = world.apps.get(asked.get("appid", ""))
    if app is None or app.kind != "h5":
        return pages.trouble("AppID 参数错误", 40013)
    if not _returns_home(app, asked.get("redirect_uri", "")):
        return pages.trouble("redirect_uri 域名与后台配置不一致", 10003)
    if asked.get("scope") not in SCOPES or asked.get("response_type") != "code":
        return pages.trouble("Scope 参数错误或没有 Scope 权限", 10005)
    if not STATE.fullmatch(asked.get("state", "")):
        return pages.trouble("state 参数错误", 10009)
    return None


def _returns_home(app: App, redirect_uri: str) -> bool:
    parts = urlsplit(redirect_uri)
    if parts.scheme not in {"http", "https"} or not app.oauth_domain:
        return False
    return app.oauth_domain == (parts.netloc if ":" in app.oauth_domain else parts.hostname)


def _back(world: World, call: Call, user: User) -> Reply:
    asked = call.query
    code = world.codes.mint("oauth", world.apps[asked["appid"]], user, asked["scope"])
    parts = urlsplit(asked["redirect_uri"])
    added = urlencode({"code": code, "state": asked.get("state", "")})
    query = f"{parts.query}&{added}" if parts.query else added
    return redirect_reply(urlunsplit(parts._replace(query=query)))


ENDPOINTS = (
    Endpoint("GET", AUTHORIZE, authorize, query=ASKED, for_browsers=True),
    Endpoint("GET", CHOOSE, choose, query=ASKED | {"as"}, for_browsers=True),
    Endpoint(
        "GET",
        "/sns/oauth2/access_token",
        exchange,
        query=words("appid secret code grant_type"),
        says_zero=False,
    ),
)
