"""Access tokens: the stable ones, the legacy ones, and what is wrong with a token that is refused."""

from dataclasses import dataclass, field
from random import Random

from tests.fakes.wechat.accounts import App
from tests.fakes.wechat.clock import Clock
from tests.fakes.wechat.codes import ALPHABET
from tests.fakes.wechat.refusals import Refusal

LIFETIME_S = 7200
RENEWED_BELOW_S = 300
"""A token with less left is replaced by the next fetch, and lives on beside the new one until it expires."""
FORCED_APART_S = 30
FORCED_A_DAY = 20
TOKEN_LENGTH = 136


@dataclass
class Token:
    """A token that was given out."""

    text: str
    appid: str
    expires_at: float
    dead: bool = False
    """Superseded: its use is 40001."""
    poisoned: bool = False
    """Refused with 40001 although every normal fetch still returns it."""


@dataclass
class Issue:
    """What one app's tokens stand at."""

    stable: Token | None = None
    legacy: Token | None = None
    forced_at: float = float("-inf")
    forced: dict[str, int] = field(default_factory=dict)
    """Forced refreshes by day."""


class Tokens:
    """Every token given out, by its text, and the current ones of each app."""

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._tokens: dict[str, Token] = {}
        self._issues: dict[str, Issue] = {}

    def stable(self, app: App, *, force: bool) -> tuple[Token, int]:
        """Return the app's token and the whole seconds it has left; forcing kills the one before."""
        issue = self._issue(app)
        now = self._clock.now()
        if force:
            day = self._clock.day()
            if issue.forced.get(day, 0) >= FORCED_A_DAY:
                raise Refusal(45009)
            if now - issue.forced_at >= FORCED_APART_S:
                issue.forced[day] = issue.forced.get(day, 0) + 1
                issue.forced_at = now
                self.supersede(app)
        token = issue.stable
        if token is None or token.expires_at - now < RENEWED_BELOW_S:
            token = issue.stable = self._make(app)
        return token, int(token.expires_at - now)

    def legacy(self, app: App) -> tuple[Token, int]:
        """Return a new token of the old kind; the one before is dead at once."""
        issue = self._issue(app)
        if issue.legacy is not None:
            issue.legacy.dead = True
        issue.legacy = self._make(app)
        return issue.legacy, LIFETIME_S

    def supersede(self, app: App) -> None:
        """Kill the stable token, so that the next fetch gives a new one: somebody else forced a refresh."""
        issue = self._issue(app)
        if issue.stable is not None:
            issue.stable.dead = True
        issue.stable = None

    def poison(self, app: App) -> None:
        """Let the stable token be refused while normal fetches go on returning it."""
        issue = self._issue(app)
        if issue.stable is not None:
            issue.stable.poisoned = True

    def check(self, text: str | None) -> str:
        """Return the appid a token belongs to; raise what the platform answers to one that is not valid."""
        if not text:
            raise Refusal(41001)
        token = self._tokens.get(text)
        if token is None:
            raise Refusal(40014)
        if token.dead or token.poisoned:
            raise Refusal(40001)
        if token.expires_at <= self._clock.now():
            raise Refusal(42001)
        return token.appid

    def _issue(self, app: App) -> Issue:
        return self._issues.setdefault(app.appid, Issue())

    def _make(self, app: App) -> Token:
        text = "9" + "".join(self._random.choices(ALPHABET + "-_", k=TOKEN_LENGTH - 1))
        token = Token(text, app.appid, self._clock.now() + LIFETIME_S)
        self._tokens[text] = token
        return token
