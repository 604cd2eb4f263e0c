"""How many requests a minute one person and one address may make."""

from flask import Flask, request

from app.actors import Actor
from app.api.http.addresses import asking_address
from app.api.http.parts import parts

_STRICT = {"redemptions.hand_over": 30, "redemptions.show_pickup_code": 30}
"""Views that people use by hand, and machines would guess at: calls a minute of one person."""
_READS = {"GET", "HEAD"}
_PROBES = "health"
"""The blueprint that load balancers ask, all from their one address."""


def count_addresses(app: Flask) -> None:
    """Count each request under its address before anything else looks at it."""

    def check() -> None:
        if request.blueprint != _PROBES:
            limit = parts().settings.rates.address_requests
            parts().rates.count("address", asking_address(), limit)

    app.before_request(check)


def count_call(actor: Actor) -> None:
    """Count the running request under the person who makes it. Raises TooManyRequestsError."""
    if actor.user_id is not None:
        kind, limit = _class_of(request.endpoint or "", request.method)
        parts().rates.count(kind, actor.user_id.hex, limit)


def _class_of(endpoint: str, method: str) -> tuple[str, int]:
    if endpoint in _STRICT:
        return endpoint, _STRICT[endpoint]
    rates = parts().settings.rates
    return ("reads", rates.user_reads) if method in _READS else ("writes", rates.user_writes)
