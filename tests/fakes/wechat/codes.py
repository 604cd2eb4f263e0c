"""One-time codes a phone gives to a mini-program or page: for five minutes, once."""

from dataclasses import dataclass
from random import Random

from tests.fakes.wechat.accounts import App, User
from tests.fakes.wechat.clock import Clock
from tests.fakes.wechat.refusals import Refusal

LIFETIME_S = 300
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Code:
    """A code that was given out."""

    kind: str
    """``login``, ``phone`` or ``oauth``."""
    appid: str
    user: User
    made_at: float
    scope: str = ""
    used: bool = False


class Codes:
    """All codes given out, by their text."""

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._codes: dict[str, Code] = {}

    def mint(self, kind: str, app: App, user: User, scope: str = "") -> str:
        """Give out a code as the person's phone would."""
        text = "0" + "".join(self._random.choices(ALPHABET, k=31))
        self._codes[text] = Code(kind, app.appid, user, self._clock.now(), scope)
        return text

    def spend(
        self, text: str, kind: str, app: App, *, other_app: int = 40029, owner: User | None = None
    ) -> Code:
        """Use a code up.

        Refuses one that is unknown, late, of another kind, app or owner, blocked or used before.
        """
        code = self._codes.get(text)
        if code is None or code.kind != kind or self._clock.now() - code.made_at > LIFETIME_S:
            raise Refusal(40029)
        if code.appid != app.appid:
            raise Refusal(other_app)
        if owner is not None and code.user is not owner:
            raise Refusal(40003)
        if code.used:
            raise Refusal(40163)
        if code.user.blocked:
            raise Refusal(40226)
        code.used = True
        return code
