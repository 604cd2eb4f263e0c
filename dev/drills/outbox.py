"""A phone that comes back from days without a net: it sends what it made, in any order, until answered."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import Any
from uuid import UUID

import requests

from dev.drills.drill import DrillFailedError

PATIENCE_S = 2.0
"""How long the phone waits for an answer before it tries again later."""
AT_ONCE = 3
_WAITS_FOR_ANOTHER = {"illegal_step", "not_found"}
"""What an update is answered that came before what it updates: it is sent again later."""
_MOST_ROUNDS = 60
_BATCH = 20


@dataclass(frozen=True)
class Waiting:
    """Something in the outbox: a record, a step or a photo, as it will be sent every time."""

    method: str
    path: str
    body: dict[str, Any] | bytes
    kind: str
    id: UUID

    @property
    def is_record(self) -> bool:
        """Say whether it may be sent among others as a draft."""
        return self.method == "PUT" and isinstance(self.body, dict)


@dataclass
class Sent:
    """What became of it all."""

    requests: int = 0
    unanswered: int = 0
    too_early: int = 0
    """Updates that came before what they update."""
    too_many: int = 0
    """Answers 429: the phone waited as long as they said."""
    first: dict[UUID, int] = field(default_factory=dict)
    """The status of the first answer that arrived, by id."""


class Outbox:
    """Sends what waits, in an order of its own, over a line that fails, and again until all is answered."""

    def __init__(self, address: str, token: str, rng: Random) -> None:
        """Belong to the phone of whoever has the token."""
        self._address, self._rng = address, rng
        self._headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
        self._lock = threading.Lock()
        self.sent = Sent()

    def send(self, waiting: Sequence[Waiting], tell: Callable[[int], None]) -> None:
        """Send all of it; ``tell`` hears how many wait.

        Raises DrillFailedError for an answer that no retry can mend, and if something never gets through.
        """
        left = list(waiting)
        for _ in range(_MOST_ROUNDS):
            tell(len(left))
            self._rng.shuffle(left)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                done = {one for answered in pool.map(self._try, self._parcels(left)) for one in answered}
            left = [one for one in left if one.id not in done]
            if not left:
                return
        raise DrillFailedError(f"{len(left)} never got through, as {left[0].path}")

    def _parcels(self, left: list[Waiting]) -> list[list[Waiting]]:
        """Send half of the records among others, all else for itself."""
        batched = [one for one in left if one.is_record and self._rng.random() < 1 / 2]
        together = set(map(id, batched))
        parcels = [[one] for one in left if id(one) not in together]
        parcels += [batched[start : start + _BATCH] for start in range(0, len(batched), _BATCH)]
        self._rng.shuffle(parcels)
        return parcels

    def _try(self, parcel: list[Waiting]) -> list[UUID]:
        """Send a parcel once; give the ids of what was taken."""
        one = parcel[0]
        if len(parcel) == 1:
            data = one.body if isinstance(one.body, bytes) else json.dumps(one.body).encode()
            answer = self._ask(one.method, one.path, data, is_photo=isinstance(one.body, bytes))
            return (
                [one.id] if answer is not None and self._took(one, answer.status_code, answer.json()) else []
            )
        drafts = [{"kind": each.kind, "id": str(each.id), "body": each.body} for each in parcel]
        answer = self._ask("POST", "/v1/drafts", json.dumps({"drafts": drafts}).encode())
        if answer is None:
            return []
        if answer.status_code != HTTPStatus.OK:
            self._took(one, answer.status_code, answer.json())
            return []
        results = answer.json()["results"]
        return [
            each.id
            for each, result in zip(parcel, results, strict=True)
            if self._took(each, result["status"], result["problem"])
        ]

    def _ask(
        self, method: str, path: str, data: bytes, *, is_photo: bool = False
    ) -> requests.Response | None:
        """Ask once; None if no whole answer came, whatever the server did."""
        headers = self._headers | {"Content-Type": "image/jpeg" if is_photo else "application/json"}
        answer = None
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.request(
                    method, self._address + path, data=data, headers=headers, timeout=PATIENCE_S
                )
        except requests.RequestException:
            pass
        with self._lock:
            self.sent.requests += 1
            self.sent.unanswered += answer is None
        return answer

    def _took(self, one: Waiting, status: int, said: Any) -> bool:
        """Judge an answer. Raises DrillFailedError for one that sending again would not mend."""
        if status < HTTPStatus.BAD_REQUEST:
            with self._lock:
                self.sent.first.setdefault(one.id, status)
            return True
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            with self._lock:
                self.sent.too_many += 1
            time.sleep(1)
            return False
        if said["code"] in _WAITS_FOR_ANOTHER and not one.is_record:
            with self._lock:
                self.sent.too_early += 1
            return False
        raise DrillFailedError(f"{one.method} {one.path} was answered {status} {said}")
