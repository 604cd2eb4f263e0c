"""The call that gives the JS-SDK's ticket."""

from typing import Any

from tests.fakes.wechat.call import Call
from tests.fakes.wechat.endpoint import Endpoint, authorised, words
from tests.fakes.wechat.refusals import Refusal
from tests.fakes.wechat.world import World


def get_ticket(world: World, call: Call) -> dict[str, Any]:
    """Answer with the service account's ticket and what is left of its two hours."""
    app = authorised(world, call)
    if call.query.get("type") != "jsapi":
        raise Refusal(40097)
    if app.kind != "h5":
        raise Refusal(48001)
    ticket, left_s = world.tickets.current(app)
    return {"ticket": ticket.text, "expires_in": left_s}


ENDPOINTS = (Endpoint("GET", "/cgi-bin/ticket/getticket", get_ticket, query=words("access_token type")),)
