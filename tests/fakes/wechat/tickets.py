"""Tickets that pages in WeChat are signed with (JS-SDK)."""

from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

from tests.fakes.wechat.accounts import App
from tests.fakes.wechat.clock import Clock
from tests.fakes.wechat.codes import ALPHABET
from tests.fakes.wechat.signing import jsapi_signature

LIFETIME_S = 7200


@dataclass(frozen=True)
class Ticket:
    """An app's ticket."""

    text: str
    expires_at: float


class Tickets:
    """The current ticket of each app."""

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._tickets: dict[str, Ticket] = {}

    def current(self, app: App) -> tuple[Ticket, int]:
        """Return the app's ticket, the same for two hours, and the whole seconds it has left."""
        now = self._clock.now()
        ticket = self._tickets.get(app.appid)
        if ticket is None or ticket.expires_at <= now:
            ticket = Ticket("".join(self._random.choices(ALPHABET + "-_", k=86)), now + LIFETIME_S)
            self._tickets[app.appid] = ticket
        return ticket, int(ticket.expires_at - now)

    def judge(self, app: App, url: str, noncestr: str, timestamp: str, signature: str) -> str:
        """Return what ``wx.config`` says to a signed page on a phone: ``ok`` or its error."""
        parts = urlsplit(url)
        if parts.netloc not in app.js_domains and parts.hostname not in app.js_domains:
            return "invalid url domain"
        ticket = self._tickets.get(app.appid)
        if ticket is None or ticket.expires_at <= self._clock.now():
            return "invalid signature"
        right = jsapi_signature(ticket.text, noncestr, timestamp, url)
        return "ok" if signature == right else "invalid signature"
