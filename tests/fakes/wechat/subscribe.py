"""Sending a subscribe message."""

import time
from typing import Any

from tests.fakes.wechat.accounts import App, User
from tests.fakes.wechat.call import Call
from tests.fakes.wechat.endpoint import Endpoint, authorised, words
from tests.fakes.wechat.events import sent_event
from tests.fakes.wechat.refusals import Refusal
from tests.fakes.wechat.template_fields import misfit
from tests.fakes.wechat.world import World

STATES = {"developer", "trial", "formal"}
HOLD_S = 0.01
LANGUAGES = {"zh_CN", "en_US", "zh_HK", "zh_TW"}


def send(world: World, call: Call) -> dict[str, Any]:
    """Send a message to a person who accepted its template; what became of it is pushed afterwards."""
    with world.lock:
        app = authorised(world, call)
        given = call.json()
        user = world.user_of(app, given.get("touser"))
        openid = user.openid(app)
        if openid in world.subscriptions.under_way:
            raise Refusal(43108)
        _check(world, app, given)
        world.subscriptions.under_way.add(openid)
        takes_s = world.habits.send_takes_s
    try:
        time.sleep(takes_s)
        while world.habits.holds_messages:
            time.sleep(HOLD_S)
        with world.lock:
            return _sent(world, app, user, given)
    finally:
        with world.lock:
            world.subscriptions.under_way.discard(openid)


def _check(world: World, app: App, given: dict[str, Any]) -> None:
    template = app.templates.get(given.get("template_id", ""))
    if template is None:
        raise Refusal(40037)
    if app.messages_banned:
        raise Refusal(43107)
    wrong = misfit(template.fields, given.get("data"))
    if wrong is not None:
        raise Refusal(47003, wrong)
    values = " ".join(field["value"] for field in given["data"].values())
    if any(word in values for word in world.subscriptions.sensitive_words):
        raise Refusal(45168)
    if given.get("miniprogram_state", "formal") not in STATES or given.get("lang", "zh_CN") not in LANGUAGES:
        raise Refusal(47001)


def _sent(world: World, app: App, user: User, given: dict[str, Any]) -> dict[str, Any]:
    template_id = given["template_id"]
    world.subscriptions.use(app, user, template_id)
    if user.delivery == "success":
        values = {name: field["value"] for name, field in given["data"].items()}
        world.received.append((user.name, template_id, values))
    message_id = str(world.random.randrange(10**18, 10**19))
    world.outbox.append((app.appid, sent_event(world, app, user, template_id, message_id)))
    return {"msgid": int(message_id)}


ENDPOINTS = (
    Endpoint(
        "POST",
        "/cgi-bin/message/subscribe/send",
        send,
        query=words("access_token"),
        body=words("touser template_id page data miniprogram_state lang"),
        locks=True,
    ),
)
