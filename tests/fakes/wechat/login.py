"""code2Session: a mini-program's login code against an openid."""

import base64
from typing import Any

from tests.fakes.wechat.call import Call
from tests.fakes.wechat.endpoint import Endpoint, credentials, words
from tests.fakes.wechat.quotas import LOGIN_OF_ONE_USER
from tests.fakes.wechat.refusals import Refusal
from tests.fakes.wechat.world import World


def code2session(world: World, call: Call) -> dict[str, Any]:
    """Answer with openid, a new session_key and, where there is one, the unionid."""
    app = credentials(world, dict(call.query))
    world.quotas.count(call.path, app.appid)
    if not call.query.get("js_code"):
        raise Refusal(41008)
    if call.query.get("grant_type") != "authorization_code":
        raise Refusal(40002)
    code = world.codes.spend(call.query["js_code"], "login", app)
    openid = code.user.openid(app)
    world.quotas.count(LOGIN_OF_ONE_USER, openid)
    world.visited_at[openid] = world.clock.now()
    result = {"session_key": base64.b64encode(world.random.randbytes(16)).decode(), "openid": openid}
    unionid = code.user.unionid(app)
    return result | ({"unionid": unionid} if unionid else {})


ENDPOINTS = (
    Endpoint(
        "GET",
        "/sns/jscode2session",
        code2session,
        query=words("appid secret js_code grant_type"),
        says_zero=False,
    ),
)
