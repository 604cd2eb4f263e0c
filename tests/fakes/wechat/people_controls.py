"""What people with WeChat do on their phones: the part of the tester's controls that is about them."""

from collections.abc import Callable
from typing import Any

from tests.fakes.wechat.accounts import MINI_APPID, App, User, updated
from tests.fakes.wechat.events import PRIVACY, change_event, popup_event, privacy_event
from tests.fakes.wechat.world import World

CODES = {"login", "phone", "oauth"}
ANSWERS = {"accept", "reject", "ban"}


def user(world: World, given: dict[str, Any]) -> Any:
    """Register a person, or change one; return the person's ids by app."""
    changes = dict(given)
    name = changes.pop("name")
    world.users[name] = updated(world.users.get(name) or User(name), changes)
    person = world.users[name]
    return {
        "openids": {each.appid: person.openid(each) for each in world.apps.values()},
        "unionids": {each.appid: person.unionid(each) for each in world.apps.values()},
    }


def code(world: World, given: dict[str, Any]) -> Any:
    """Give out a ``login`` (unless said), ``phone`` or ``oauth`` code: the body that our sign-in takes."""
    kind = given.get("kind", "login")
    if kind not in CODES:
        raise ValueError(f"there is no {kind} code")
    app, person = _app_and_person(world, given)
    return {"code": world.codes.mint(kind, app, person, given.get("scope", "snsapi_base"))}


def browser(world: World, given: dict[str, Any]) -> Any:
    """Say whose browser comes to the authorize page; without ``user`` the page asks."""
    name = given.get("user")
    world.browser_of = None if name is None else _person(world, name).name
    return {}


def visit(world: World, given: dict[str, Any]) -> Any:
    """Let a person open the mini-program now."""
    app, person = _app_and_person(world, given)
    world.visited_at[person.openid(app)] = world.clock.now()
    return {}


def popup(world: World, given: dict[str, Any]) -> Any:
    """Let a person answer (``accept``, ``reject``, ``ban``) the templates asked for together."""
    app, person = _app_and_person(world, given)
    answers = given["answers"]
    long_term = {app.templates[template].long_term for template in answers}
    if not set(answers.values()) <= ANSWERS or len(answers) not in range(1, 6) or len(long_term) > 1:
        raise ValueError("one to five templates of one kind are asked for together")
    for template, answer in answers.items():
        if answer == "accept":
            world.subscriptions.accept(app, person, template)
    world.outbox.append((app.appid, popup_event(world, app, person, answers)))
    return {}


def turn_off(world: World, given: dict[str, Any]) -> Any:
    """Let a person turn a template off in the settings."""
    app, person = _app_and_person(world, given)
    world.subscriptions.turn_off(app, person, given["template"])
    world.outbox.append((app.appid, change_event(world, app, person, given["template"])))
    return {}


def left(world: World, given: dict[str, Any]) -> Any:
    """Return how many messages of a template would still reach a person; None is any number."""
    return {"left": world.subscriptions.left(*_app_and_person(world, given), given["template"])}


def under_way(world: World, given: dict[str, Any]) -> Any:
    """Return whether a message to a person is under way."""
    app, person = _app_and_person(world, given)
    return {"under_way": person.openid(app) in world.subscriptions.under_way}


def privacy(world: World, given: dict[str, Any]) -> Any:
    """Let a person take an authorisation back (``info`` says which) or close the account."""
    app, person = _app_and_person(world, given)
    if given["event"] not in PRIVACY:
        raise ValueError(f"there is no event {given['event']}")
    world.outbox.append(
        (app.appid, privacy_event(world, app, person, given["event"], str(given.get("info", ""))))
    )
    person.closed = person.closed or given["event"] == "user_authorization_cancellation"
    return {}


def _app_and_person(world: World, given: dict[str, Any]) -> tuple[App, User]:
    """Find both; the app is the mini-program unless said."""
    return world.app(given.get("appid", MINI_APPID)), _person(world, given["user"])


def _person(world: World, name: str) -> User:
    if name not in world.users:
        raise ValueError(f"there is nobody called {name}")
    return world.users[name]


CONTROLS: dict[str, Callable[[World, dict[str, Any]], Any]] = {
    "user": user,
    "code": code,
    "browser": browser,
    "visit": visit,
    "popup": popup,
    "turn_off": turn_off,
    "left": left,
    "under_way": under_way,
    "privacy": privacy,
}
