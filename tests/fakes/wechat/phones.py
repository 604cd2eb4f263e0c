"""Pages of the fake's own, for whoever tries it out: the people who have it, and what is on their phones."""

from urllib.parse import urlencode

from tests.fakes.wechat import pages
from tests.fakes.wechat.accounts import MINI_APPID
from tests.fakes.wechat.call import Call, Reply, redirect_reply
from tests.fakes.wechat.endpoint import Endpoint, words
from tests.fakes.wechat.events import popup_event
from tests.fakes.wechat.world import World

FRONT, PHONE = "/", "/phone"


def front(world: World, _call: Call) -> Reply:
    """List the people."""
    return pages.people([(user, f"{PHONE}?{urlencode({'of': name})}") for name, user in world.users.items()])


def phone(world: World, call: Call) -> Reply:
    """Show a person's phone; ``accept`` lets one message of a template through first."""
    user = world.users.get(call.query.get("of", ""))
    if user is None:
        return pages.trouble("没有这个演示人员", 40003)
    app, here = world.apps[MINI_APPID], f"{PHONE}?{urlencode({'of': user.name})}"
    template = call.query.get("accept", "")
    if template in app.templates:
        world.subscriptions.accept(app, user, template)
        world.outbox.append((app.appid, popup_event(world, app, user, {template: "accept"})))
        return redirect_reply(here)
    offers = [
        (each, world.subscriptions.left(app, user, each), f"{here}&{urlencode({'accept': each})}")
        for each in app.templates
    ]
    received = [(each, values) for name, each, values in world.received if name == user.name]
    return pages.phone(user, world.codes.mint("login", app, user), offers, received)


ENDPOINTS = (
    Endpoint("GET", FRONT, front, for_browsers=True),
    Endpoint("GET", PHONE, phone, query=words("of accept"), for_browsers=True),
)
