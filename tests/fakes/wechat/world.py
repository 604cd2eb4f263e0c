"""All that the fake knows, behind one lock."""

import threading
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.fakes.wechat.accounts import App, User, default_apps
from tests.fakes.wechat.clock import Clock
from tests.fakes.wechat.codes import Codes
from tests.fakes.wechat.deliveries import Delivery
from tests.fakes.wechat.faults import Faults
from tests.fakes.wechat.journal import Journal
from tests.fakes.wechat.quotas import Quotas
from tests.fakes.wechat.refusals import Refusal
from tests.fakes.wechat.subscriptions import Subscriptions
from tests.fakes.wechat.tickets import Tickets
from tests.fakes.wechat.tokens import Tokens

DEFAULT_SEED = 20261124


@dataclass
class Habits:
    """How the platform happens to answer: its documents and its replies do not agree on these."""

    errcode_on_success: str = "documented"
    """``documented`` as each page's sample shows, ``zero`` or ``absent`` everywhere."""
    country_code_as: str = "str"
    """``str`` as in the page of 2026, or ``int`` as in an older copy."""
    watermark_appid: str = ""
    """Whose watermark phone numbers bear; the app's own unless said."""
    numbers_as_text: bool = True
    """Whether events send CreateTime and ErrorCode as text."""
    send_takes_s: float = 0.0
    """Real seconds a subscribe message is under way."""
    holds_messages: bool = False
    """Keeps subscribe messages under way until this ends; another to the same person is refused meanwhile."""


class World:
    """The platform's state; whoever reads or changes it holds ``lock``."""

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self.lock = threading.RLock()
        self._first_seed = seed
        self.reset()

    def reset(self, seed: int | None = None) -> None:
        """Forget everything; the same seed gives the same codes, tokens and luck."""
        seed = self._first_seed if seed is None else seed
        self.random = Random(seed)
        self.clock = Clock()
        self.habits = Habits()
        self.apps = default_apps()
        self.users: dict[str, User] = {}
        self.visited_at: dict[str, float] = {}
        """Last visits by openid."""
        self.codes = Codes(self.clock, self.random)
        self.tokens = Tokens(self.clock, self.random)
        self.quotas = Quotas(self.clock)
        self.faults = Faults(Random(seed))
        self.journal = Journal(self.clock)
        self.tickets = Tickets(self.clock, self.random)
        self.browser_of: str | None = None
        """Who uses the browser that comes to the authorize page; None asks."""
        self.subscriptions = Subscriptions()
        self.received: list[tuple[str, str, dict[str, str]]] = []
        """Messages that reached people: who, by which template, and the values by field."""
        self.words: dict[str, list[str]] = {"risky": [], "review": []}
        """What the text check finds."""
        self.outbox: list[tuple[str, dict[str, Any]]] = []
        """Events not pushed yet, with the appid."""
        self.deliveries: list[Delivery] = []

    def app(self, appid: str | None) -> App:
        """Return an app, or refuse its id."""
        if appid not in self.apps:
            raise Refusal(40013)
        return self.apps[appid]

    def app_of_token(self, token: str | None) -> App:
        """Return the app an access token was given to, or refuse the token."""
        appid = self.tokens.check(token)
        app = self.apps[appid]
        if app.sticky_40001:
            raise Refusal(40001)
        return app

    def user_of(self, app: App, openid: object) -> User:
        """Return the person an openid of this app stands for, or refuse it."""
        for user in self.users.values():
            if user.openid(app) == openid and not user.closed:
                return user
        raise Refusal(40003)

    def rid(self) -> str:
        """Return the id of a request, as error texts carry it."""
        return (
            f"{int(self.clock.now()):08x}-{self.random.getrandbits(32):08x}-{self.random.getrandbits(32):08x}"
        )
