"""What a tester may do to the fake: ``POST /__fake__/<verb>`` with a JSON object, answered with JSON."""

from collections.abc import Callable
from typing import Any

from tests.fakes.wechat import people_controls, platform, push_controls
from tests.fakes.wechat.accounts import App, Push, Template, updated
from tests.fakes.wechat.call import Call, Reply, json_reply
from tests.fakes.wechat.quotas import LOGIN_OF_ONE_USER
from tests.fakes.wechat.refusals import Refusal
from tests.fakes.wechat.template_fields import kind
from tests.fakes.wechat.world import World

PREFIX = "/__fake__/"
Control = Callable[[World, dict[str, Any]], Any]


def serve(world: World, call: Call) -> Reply:
    """Do what a tester asks; 400 with a sentence where it makes no sense."""
    verb = call.path.removeprefix(PREFIX)
    control = CONTROLS.get(verb)
    if control is None:
        return json_reply({"error": f"there is no control {verb}"}, 404)
    try:
        given = call.json() if call.raw else {}
        if verb in push_controls.CONTROLS:  # these wait for the app, which may call the fake meanwhile
            return json_reply(control(world, given))
        with world.lock:
            return json_reply(control(world, given))
    except (ValueError, TypeError, KeyError, Refusal) as error:
        return json_reply({"error": f"{type(error).__name__}: {error}"}, 400)


def set_scene(world: World, scene: list[tuple[str, dict[str, Any]]]) -> None:
    """Do what a tester would ask one after the other; raises what makes no sense."""
    for verb, given in scene:
        with world.lock:
            CONTROLS[verb](world, given)


def health(_world: World, _given: dict[str, Any]) -> Any:
    """Answer that it is up."""
    return {"fake": "wechat"}


def reset(world: World, given: dict[str, Any]) -> Any:
    """Forget everything."""
    world.reset(given.get("seed"))
    return {"now": world.clock.now()}


def clock(world: World, given: dict[str, Any]) -> Any:
    """Set, advance or run the clock; return the time."""
    if "set" in given:
        world.clock.set(float(given["set"]))
    if "advance" in given:
        world.clock.advance(float(given["advance"]))
    if given.get("run"):
        world.clock.run()
    return {"now": world.clock.now()}


def habit(world: World, given: dict[str, Any]) -> Any:
    """Change what the platform happens to do."""
    return vars(updated(world.habits, given))


def fault(world: World, given: dict[str, Any]) -> Any:
    """Program faults: ``sequence`` of steps, or ``probability`` and ``fault``; ``clear`` before, if asked."""
    if given.get("clear"):
        world.faults.clear()
    if "path" in given and given["path"] not in {"*", *platform.ENDPOINTS}:
        raise ValueError(f"the fake does not play {given['path']}")
    if "sequence" in given:
        world.faults.program(given["path"], given["sequence"])
    if "probability" in given:
        world.faults.chance(given["path"], float(given["probability"]), given["fault"])
    return {}


def journal(world: World, given: dict[str, Any]) -> Any:
    """Return the requests so far and the highest rate; ``clear`` forgets them afterwards."""
    path = given.get("path")
    found = {"entries": world.journal.entries(path), "max_qps": world.journal.max_qps(path)}
    if given.get("clear"):
        world.journal.clear()
    return found


def app(world: World, given: dict[str, Any]) -> Any:
    """Register an app, or change one."""
    changes = dict(given)
    appid = changes.pop("appid")
    made = world.apps.get(appid) or App(appid, changes["secret"])
    if "templates" in changes:
        changes["templates"] = made.templates | {
            key: Template(**each) for key, each in changes["templates"].items()
        }
        for template in changes["templates"].values():
            for name in template.fields:
                kind(name)
    if "push" in changes:
        changes["push"] = updated(made.push if appid in world.apps else Push(), changes["push"])
    world.apps[appid] = updated(made, changes)
    return {}


def token(world: World, given: dict[str, Any]) -> Any:
    """``supersede`` or ``poison`` an app's stable token."""
    doing = {"supersede": world.tokens.supersede, "poison": world.tokens.poison}[given["do"]]
    doing(world.app(given["appid"]))
    return {}


def quota(world: World, given: dict[str, Any]) -> Any:
    """Set a path's limits."""
    if given["path"] not in {LOGIN_OF_ONE_USER, *platform.ENDPOINTS}:
        raise ValueError(f"the fake does not play {given['path']}")
    world.quotas.limit(given["path"], given.get("per_minute"), given.get("per_day"))
    return {}


def words(world: World, given: dict[str, Any]) -> Any:
    """Name the words that are ``sensitive`` in messages, ``risky`` or for ``review`` in checked texts."""
    world.subscriptions.sensitive_words = given.get("sensitive", world.subscriptions.sensitive_words)
    world.words |= {kind: given[kind] for kind in ("risky", "review") if kind in given}
    return {}


def jsapi(world: World, given: dict[str, Any]) -> Any:
    """Judge a page's JS-SDK signature as a phone would."""
    app = world.app(given.pop("appid"))
    return {"says": world.tickets.judge(app, **given)}


CONTROLS: dict[str, Control] = {
    "health": health,
    "reset": reset,
    "clock": clock,
    "habit": habit,
    "fault": fault,
    "journal": journal,
    "app": app,
    "token": token,
    "quota": quota,
    "words": words,
    "jsapi": jsapi,
    **people_controls.CONTROLS,
    **push_controls.CONTROLS,
}
