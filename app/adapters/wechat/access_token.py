"""The access token: fetched in stable mode, shared, and replaced when WeChat no longer takes it.

``force_refresh`` makes the old token void for everybody and is allowed 20 times a day, 30 seconds apart; only
``AccessToken`` asks for it, when the ordinary mode gives a token back that was just refused.
"""

from collections.abc import Callable

import redis

from app.adapters.wechat.deadline import Deadline
from app.adapters.wechat.errors import WeChatAnswerError, WeChatTokenError
from app.adapters.wechat.line import Line
from app.adapters.wechat.reply import Reply
from app.adapters.wechat.shared_value import Fetched, SharedValue
from app.adapters.wechat.transport import TOTAL_S
from app.clock import business_day, now

PATH = "/cgi-bin/stable_token"
FORCED_A_DAY = 20
FORCED_APART_S = 30
_FORCED = f"{PATH} forced"
"""Counted apart: twenty forced ones a day, by whomever, do not end the ordinary ones."""
_LONGEST_LIFE_S = 7200
_DAY_S = 24 * 60 * 60
_GATE = """
local last = tonumber(redis.call('get', KEYS[1]))
local number = tonumber(redis.call('get', KEYS[2]) or '0')
if (last and math.abs(tonumber(ARGV[1]) - last) < tonumber(ARGV[2])) or number >= tonumber(ARGV[3]) then
  return 0
end
redis.call('set', KEYS[1], ARGV[1], 'EX', ARGV[4])
redis.call('incr', KEYS[2])
redis.call('expire', KEYS[2], 2 * tonumber(ARGV[4]))
return 1
"""


class AccessToken:
    """The token of one appid."""

    def __init__(self, line: Line, client: redis.Redis, *, key: bytes) -> None:
        self._line = line
        self._redis = client
        self._shared = SharedValue(client, f"wechat:{line.appid}:token", key)

    def ask(
        self,
        path: str,
        body: dict[str, object] | None = None,
        *,
        query: dict[str, str] | None = None,
        repeatable: bool,
        deadline: Deadline | None = None,
    ) -> Reply:
        """Ask with the token; if it is refused, get another one and ask once more.

        At most two tokens are fetched and the call is made at most twice. Raises the WeChatError that fits.
        """
        deadline = deadline or Deadline.after(TOTAL_S)

        def call(token: str) -> Reply:
            asked = {"access_token": token, **(query or {})}
            return self._line.ask(path, asked, body=body, repeatable=repeatable, deadline=deadline)

        return self._with_token(call, deadline)

    def _with_token(self, call: Callable[[str], Reply], deadline: Deadline) -> Reply:
        fetches = 0

        def ordinary(until: Deadline) -> Fetched:
            nonlocal fetches
            fetches += 1
            return self._fetch(until, force=False)

        first = self._shared.get(ordinary, deadline)
        try:
            return call(first)
        except WeChatTokenError as error:
            refusal = error
        self._shared.drop(first)
        second: str | None = self._shared.get(ordinary, deadline)
        if second == first:
            second = self._forced(first, deadline) if fetches <= 1 else None
        if second is None or second == first:
            raise refusal
        return call(second)

    def _forced(self, bad: str, deadline: Deadline) -> str | None:
        """Make WeChat give a new token, as seldom as it allows; None if it may not be asked now."""

        def fetch(until: Deadline) -> Fetched | None:
            return self._fetch(until, force=True) if self._may_force() else None

        return self._shared.replace(bad, fetch, deadline)

    def _may_force(self) -> bool:
        """Count a forced fetch; without Redis nobody can know how many there were, so there is none."""
        names = (f"wechat:{self._line.appid}:forced_at", f"wechat:{self._line.appid}:forced:{business_day()}")
        limits = (int(now().timestamp()), FORCED_APART_S, FORCED_A_DAY, _DAY_S)
        try:
            return bool(self._redis.eval(_GATE, len(names), *names, *map(str, limits)))
        except (redis.RedisError, OSError):
            return False

    def _fetch(self, deadline: Deadline, *, force: bool) -> Fetched:
        reply = self._line.ask(
            PATH,
            {},
            body={
                "grant_type": "client_credential",
                "appid": self._line.appid,
                "secret": self._line.secret,
                "force_refresh": force,
            },
            repeatable=not force,
            deadline=deadline,
            counted_as=_FORCED if force else PATH,
        )
        fetched = Fetched(reply.text("access_token"), min(reply.number("expires_in"), _LONGEST_LIFE_S))
        if fetched.life_s <= 0:
            raise WeChatAnswerError(PATH)
        return fetched
