"""The calls that give access tokens and begin quotas anew."""

from typing import Any

from tests.fakes.wechat.call import Call
from tests.fakes.wechat.endpoint import Endpoint, authorised, credentials, words
from tests.fakes.wechat.refusals import Refusal
from tests.fakes.wechat.world import World


def stable_token(world: World, call: Call) -> dict[str, Any]:
    """Answer with the app's one stable token, the same to every caller until it is renewed or forced."""
    given = call.json()
    if given.get("grant_type") != "client_credential":
        raise Refusal(40002)
    app = credentials(world, given)
    world.quotas.count(call.path, app.appid)
    force = given.get("force_refresh", False)
    if not isinstance(force, bool):
        raise Refusal(47001)
    token, left_s = world.tokens.stable(app, force=force)
    return {"access_token": token.text, "expires_in": left_s}


def legacy_token(world: World, call: Call) -> dict[str, Any]:
    """Answer with a new token and kill the one before: nobody with several workers may call this."""
    if call.query.get("grant_type") != "client_credential":
        raise Refusal(40002)
    token, left_s = world.tokens.legacy(credentials(world, dict(call.query)))
    return {"access_token": token.text, "expires_in": left_s}


def clear_quota(world: World, call: Call) -> dict[str, Any]:
    """Begin the token's app's counters anew."""
    app = authorised(world, call)
    if call.json().get("appid") != app.appid:
        raise Refusal(40013)
    world.quotas.clear(app.appid)
    return {}


def clear_quota_by_secret(world: World, call: Call) -> dict[str, Any]:
    """Begin an app's counters anew without a token, which may be what ran out."""
    world.quotas.clear(credentials(world, call.json(), under="appsecret").appid)
    return {}


ENDPOINTS = (
    Endpoint(
        "POST",
        "/cgi-bin/stable_token",
        stable_token,
        body=words("grant_type appid secret force_refresh"),
        says_zero=False,
    ),
    Endpoint("GET", "/cgi-bin/token", legacy_token, query=words("grant_type appid secret"), says_zero=False),
    Endpoint("POST", "/cgi-bin/clear_quota", clear_quota, query=words("access_token"), body=words("appid")),
    Endpoint("POST", "/cgi-bin/clear_quota/v2", clear_quota_by_secret, body=words("appid appsecret")),
)
