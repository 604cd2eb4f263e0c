"""Pushes on the tester's word, in order or not, right or wrong; the lock is not held while sending."""

import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tests.fakes.wechat.accounts import App
from tests.fakes.wechat.deliveries import Delivery
from tests.fakes.wechat.events import rendered
from tests.fakes.wechat.pushing import ANSWER_S, TRIES, How, ask, send, signed, verification
from tests.fakes.wechat.world import World

ORDERS = {"as_made", "reversed", "shuffled"}


def push(world: World, given: dict[str, Any]) -> Any:
    """Push one event: an object, or text that goes out as it is. With ``send`` false it is only made."""
    with world.lock:
        app = world.app(given["appid"])
        delivery = _made(world, app, given["event"], How(**given.get("how", {})))
    if given.get("send", True):
        _send(app, delivery, given)
    return _shown(delivery)


def deliver(world: World, given: dict[str, Any]) -> Any:
    """Push what is in the outbox, each ``copies`` times: as made, reversed or shuffled."""
    order = given.get("order", "as_made")
    if order not in ORDERS:
        raise ValueError(f"there is no order {order}")
    with world.lock:
        waiting, world.outbox = world.outbox, []
        waiting = [each for each in waiting for _ in range(given.get("copies", 1))]
        if order == "reversed":
            waiting.reverse()
        if order == "shuffled":
            world.random.shuffle(waiting)
        how = How(**given.get("how", {}))
        made = [(world.app(appid), _made(world, world.app(appid), event, how)) for appid, event in waiting]
    for app, delivery in made:
        if given.get("send", True):
            _send(app, delivery, given)
    return [_shown(delivery) for _, delivery in made]


def pending(world: World, _given: dict[str, Any]) -> Any:
    """Return the events that wait in the outbox."""
    with world.lock:
        return [{"appid": appid, "event": event} for appid, event in world.outbox]


def replay(world: World, given: dict[str, Any]) -> Any:
    """Send a push again, byte for byte, as somebody would who listened."""
    with world.lock:
        old = world.deliveries[given["number"] - 1]
        app = world.app(old.appid)
        delivery = Delivery(len(world.deliveries) + 1, old.appid, old.request)
        world.deliveries.append(delivery)
    _send(app, delivery, given)
    return _shown(delivery)


def verify_url(world: World, given: dict[str, Any]) -> Any:
    """Check whether an app's address echoes, as the platform does when its owner enters it."""
    with world.lock:
        app = world.app(given["appid"])
        query, echo = verification(world, app)
    if given.get("wrong"):
        query["signature"] = "0" * 40
    attempt = ask(given.get("url") or app.push.url, "GET", query, "", {}, ANSWER_S)
    return {"query": query, "status": attempt.status, "echoed": attempt.body == echo, "body": attempt.body}


def rotate_key(world: World, given: dict[str, Any]) -> Any:
    """Give an app a new EncodingAESKey, keeping the one before for ``how={"key": "previous"}``."""
    with world.lock:
        settings = world.app(given["appid"]).push
        settings.previous_aes_key = settings.aes_key
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        settings.aes_key = "".join(world.random.choices(letters, k=42)) + "A"
        return {"aes_key": settings.aes_key}


def post_automatically(world: World) -> None:
    """Push the events of apps that want them by themselves, in a thread of its own."""
    with world.lock:
        due = [(appid, event) for appid, event in world.outbox if world.app(appid).push.automatic]
        if not due:
            return
        world.outbox = [each for each in world.outbox if each not in due]
        made = [(world.app(appid), _made(world, world.app(appid), event, How())) for appid, event in due]

    def post() -> None:
        for app, delivery in made:
            _send(app, delivery, {})

    threading.Thread(target=post, daemon=True).start()


def _made(world: World, app: App, event: Any, how: How) -> Delivery:
    if isinstance(event, str):
        message, openid = event, ""
    else:
        message, openid = rendered(world, event, how.form or app.push.format), event.get("FromUserName", "")
    delivery = Delivery(len(world.deliveries) + 1, app.appid, signed(world, app, message, str(openid), how))
    world.deliveries.append(delivery)
    return delivery


def _send(app: App, delivery: Delivery, given: dict[str, Any]) -> None:
    delivery.attempts += send(
        given.get("url") or app.push.url,
        delivery.request,
        tries=given.get("tries", TRIES),
        answer_s=given.get("answer_s", ANSWER_S),
    )


def _shown(delivery: Delivery) -> dict[str, Any]:
    return asdict(delivery)


CONTROLS: dict[str, Callable[[World, dict[str, Any]], Any]] = {
    "push": push,
    "deliver": deliver,
    "pending": pending,
    "replay": replay,
    "verify_url": verify_url,
    "rotate_key": rotate_key,
}
