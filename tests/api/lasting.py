"""What a body shows that does not change from one moment to the next."""

from typing import Any

UNLIKE = {"allowed", "token", "url", "thumb_url", "large_url", "doer_id"}
"""What a body shows of the moment: today's verbs, who does it today, a token and its link once, addresses
that run out."""
_WHO = {"asker", "account", "minor", "recorder", "child", "guardian"}
IN_WORDS = {*_WHO, "text", "can_be_done", "adjustments", "rows"}
"""What a body that is to be decided on says in words, as of the moment and as far as the reader reaches."""


def lasting(shown: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a body shows of the moment."""
    of_now = UNLIKE | IN_WORDS if {"asker", "recorder"} & shown.keys() else UNLIKE
    return {name: value for name, value in shown.items() if name not in of_now}
