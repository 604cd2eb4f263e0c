"""How the tester's words reach a running fake."""

from typing import Any

import requests

ANSWER_S = 60


class FakeError(RuntimeError):
    """The fake did not start, or refused what a tester asked."""


class Hand:
    """Sends control calls."""

    def __init__(self, url: str) -> None:
        """Steer the fake at this address; proxies of the environment are not asked."""
        self.url = url
        self._http = requests.Session()
        self._http.trust_env = False

    def _do(self, verb: str, **given: Any) -> Any:
        answer = self._http.post(f"{self.url}/__fake__/{verb}", json=given, timeout=ANSWER_S)
        found = answer.json()
        if answer.status_code != requests.codes.ok:
            raise FakeError(found["error"])
        return found
