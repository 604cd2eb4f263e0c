"""What a tester lets the platform tell an app."""

from typing import Any

from tests.fakes.wechat.accounts import MINI_APPID
from tests.fakes.wechat.deliveries import Attempt, Delivery, PushRequest
from tests.fakes.wechat.hand import Hand
from tests.fakes.wechat.pushing import ANSWER_S, TRIES


class PushHand(Hand):
    """Pushes. ``how`` is what ``pushing.How`` holds: form, encrypted, timestamp, key, wrong."""

    def push(
        self,
        event: dict[str, Any] | str,
        appid: str = MINI_APPID,
        *,
        url: str = "",
        send: bool = True,
        tries: int = TRIES,
        answer_s: float = ANSWER_S,
        **how: Any,
    ) -> Delivery:
        """Push one event, or a text as it is, to the app's address or another.

        With ``send`` False it is only made, so that a test client can post ``request`` itself.
        """
        sending = {"url": url, "send": send, "tries": tries, "answer_s": answer_s}
        return _delivery(self._do("push", appid=appid, event=event, how=how, **sending))

    def deliver(
        self,
        *,
        order: str = "as_made",
        copies: int = 1,
        url: str = "",
        send: bool = True,
        tries: int = TRIES,
        answer_s: float = ANSWER_S,
        **how: Any,
    ) -> list[Delivery]:
        """Push every event that waits, each so many times: ``as_made``, ``reversed`` or ``shuffled``."""
        sending = {"url": url, "send": send, "tries": tries, "answer_s": answer_s}
        found = self._do("deliver", order=order, copies=copies, how=how, **sending)
        return [_delivery(each) for each in found]

    def pending(self) -> list[dict[str, Any]]:
        """Return the events that wait, before they are rendered."""
        return [each["event"] for each in self._do("pending")]

    def replay(self, delivery: Delivery, *, url: str = "") -> Delivery:
        """Send a push again, byte for byte, once."""
        return _delivery(self._do("replay", number=delivery.number, url=url, tries=1))

    def echoes(self, appid: str = MINI_APPID, *, url: str = "", wrong: bool = False) -> bool:
        """Return whether the app's address passes the platform's check, ``wrong`` being wrongly signed."""
        return bool(self._do("verify_url", appid=appid, url=url, wrong=wrong)["echoed"])

    def rotate_key(self, appid: str = MINI_APPID) -> str:
        """Give an app a new EncodingAESKey and return it; ``key="previous"`` still takes the old one."""
        return str(self._do("rotate_key", appid=appid)["aes_key"])


def _delivery(found: dict[str, Any]) -> Delivery:
    return Delivery(
        found["number"],
        found["appid"],
        PushRequest(**found["request"]),
        [Attempt(**each) for each in found["attempts"]],
    )
