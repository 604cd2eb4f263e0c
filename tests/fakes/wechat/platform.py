"""Every path of the platform that the fake plays, and how a call goes through it."""

from tests.fakes.wechat import login, oauth, phone, phones, safety, subscribe, ticket_calls, token_calls
from tests.fakes.wechat.call import Call, Reply, json_reply
from tests.fakes.wechat.endpoint import answer_of, refused
from tests.fakes.wechat.faults import Fault
from tests.fakes.wechat.refusals import Refusal
from tests.fakes.wechat.world import World

ENDPOINTS = {
    endpoint.path: endpoint
    for module in (login, phone, token_calls, ticket_calls, oauth, subscribe, safety, phones)
    for endpoint in module.ENDPOINTS
}


def serve(world: World, call: Call) -> tuple[Reply, Fault | None]:
    """Answer a call, writing it down; the fault, if any, is still to be done to the answer."""
    endpoint = ENDPOINTS.get(call.path)
    with world.lock:
        entry = world.journal.open(
            call,
            endpoint.query if endpoint else frozenset(),
            endpoint.body if endpoint else None,
            by_browser=endpoint is not None and endpoint.for_browsers,
        )
        fault = world.faults.take(call.path)
        entry.fault = fault.kind if fault else None
    if endpoint is None:
        reply = json_reply({"errcode": 40066, "errmsg": "invalid url"}, 404)
    elif fault is None or not fault.strikes_before:
        reply = answer_of(endpoint, world, call)
    elif fault.kind in {"busy", "errcode"}:
        with world.lock:
            reply = refused(world, Refusal(-1 if fault.kind == "busy" else fault.errcode))
    else:
        reply = Reply(fault.status)
    with world.lock:
        entry.status, entry.errcode = reply.status, reply.errcode
    return reply, fault
