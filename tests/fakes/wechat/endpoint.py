"""How a path of the platform is described: what it takes, and who answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.wechat.accounts import App
from tests.fakes.wechat.call import Call, Reply, json_reply
from tests.fakes.wechat.refusals import Refusal
from tests.fakes.wechat.world import World

Answering = Callable[[World, Call], dict[str, Any] | Reply]


@dataclass(frozen=True)
class Endpoint:
    """One path of the platform."""

    method: str
    path: str
    answer: Answering
    query: frozenset[str] = frozenset()
    """Parameters the path takes in its URL."""
    body: frozenset[str] | None = None
    """Fields the path takes in its JSON body."""
    says_zero: bool = True
    """Whether the page's sample of a success carries ``errcode``."""
    for_browsers: bool = False
    """A page, which browsers bring their own headers to."""
    locks: bool = False
    """Whether it holds the world's lock itself, because it takes real time."""


def words(text: str) -> frozenset[str]:
    """Return the words of a line as a set."""
    return frozenset(text.split())


def authorised(world: World, call: Call) -> App:
    """Return the app whose access token the URL carries, counting the call; raise Refusal otherwise."""
    app = world.app_of_token(call.query.get("access_token"))
    world.quotas.count(call.path, app.appid)
    return app


def credentials(world: World, given: dict[str, Any], *, under: str = "secret") -> App:
    """Return the app whose id and, ``under`` a name, secret were given; raise Refusal otherwise."""
    if not given.get("appid"):
        raise Refusal(41002)
    if not given.get(under):
        raise Refusal(41004)
    app = world.app(given["appid"])
    if given[under] != app.secret:
        raise Refusal(40125)
    return app


def answer_of(endpoint: Endpoint, world: World, call: Call) -> Reply:
    """Let an endpoint answer, and put its result or refusal into the platform's form."""
    try:
        result = _result_of(endpoint, world, call)
    except Refusal as refusal:
        with world.lock:
            return refused(world, refusal)
    if isinstance(result, Reply):
        return result
    habit = world.habits.errcode_on_success
    if habit == "zero" or (habit == "documented" and endpoint.says_zero):
        result = {"errcode": 0, "errmsg": "ok"} | result
    else:
        result = {name: value for name, value in result.items() if name not in {"errcode", "errmsg"}}
    return json_reply(result)


def _result_of(endpoint: Endpoint, world: World, call: Call) -> dict[str, Any] | Reply:
    if call.method != endpoint.method:
        raise Refusal(43002 if endpoint.method == "POST" else 43001)
    if endpoint.locks:
        return endpoint.answer(world, call)
    with world.lock:
        return endpoint.answer(world, call)


def refused(world: World, refusal: Refusal) -> Reply:
    """Put a refusal into the platform's form: HTTP 200, a code, a text with the request's id."""
    return json_reply({"errcode": refusal.errcode, "errmsg": f"{refusal.text}, rid: {world.rid()}"})
