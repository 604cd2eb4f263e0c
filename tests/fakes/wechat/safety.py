"""What the platform thinks of a person and of a text: risk rank and content check."""

from typing import Any

from tests.fakes.wechat.accounts import App
from tests.fakes.wechat.call import Call
from tests.fakes.wechat.endpoint import Endpoint, authorised, words
from tests.fakes.wechat.refusals import Refusal
from tests.fakes.wechat.world import World

VISIT_S = 2 * 3600
"""Both answer only about people who visited the mini-program that recently."""
LONGEST_TEXT = 2500
RISK_SCENES = {0, 1, 2}
TEXT_SCENES = {1, 2, 3, 4}
LABELS = {"pass": 100, "review": 21000, "risky": 20006}


def risk_rank(world: World, call: Call) -> dict[str, Any]:
    """Answer with a rank from 0 to 4; the request's id is spelt as the platform spells it."""
    app = authorised(world, call)
    given = call.json()
    user = _visitor(world, app, given, excused=given.get("is_test") is True)
    if given.get("appid") != app.appid:
        raise Refusal(43104)
    if given.get("scene") not in RISK_SCENES or not given.get("client_ip"):
        raise Refusal(47001)
    if world.users[user].risk_refused:
        raise Refusal(61081)
    return {
        "errmsg": "getuserriskrank succ",
        "risk_rank": world.users[user].risk_rank,
        "unoin_id": world.random.getrandbits(31),
    }


def check_text(world: World, call: Call) -> dict[str, Any]:
    """Answer whether a text may be shown, by the words the tester named."""
    app = authorised(world, call)
    given = call.json()
    _visitor(world, app, given)
    content = given.get("content")
    if not isinstance(content, str) or not content:
        raise Refusal(44002)
    if len(content) > LONGEST_TEXT or given.get("version") != 2 or given.get("scene") not in TEXT_SCENES:
        raise Refusal(40129)
    suggest = next(
        (kind for kind in ("risky", "review") if any(word in content for word in world.words[kind])), "pass"
    )
    label = LABELS[suggest]
    return {
        "trace_id": world.rid(),
        "result": {"suggest": suggest, "label": label},
        "detail": [
            {"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}
        ],
    }


def _visitor(world: World, app: App, given: dict[str, Any], *, excused: bool = False) -> str:
    openid = str(given.get("openid"))
    try:
        user = world.user_of(app, openid)
    except Refusal:
        raise Refusal(43104) from None
    visited_at = world.visited_at.get(openid, float("-inf"))
    if not excused and world.clock.now() - visited_at > VISIT_S:
        raise Refusal(61010)
    return user.name


ENDPOINTS = (
    Endpoint(
        "POST",
        "/wxa/getuserriskrank",
        risk_rank,
        query=words("access_token"),
        body=words("appid openid scene mobile_no client_ip email_address extended_info is_test"),
    ),
    Endpoint(
        "POST",
        "/wxa/msg_sec_check",
        check_text,
        query=words("access_token"),
        body=words("content version scene openid title nickname signature"),
    ),
)
