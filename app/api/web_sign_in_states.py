"""States of web sign-ins under way: random, bound to one browser, good for one session.

RFC 6749 10.12 asks for them. A callback may arrive more than once, and its code works once (4.1.2): so the
first one does the work and the others wait for it and get the same: the session's token is derived from state
and browser, and nothing that is usable is stored. Redis keeps hashes only, for minutes.
"""

import hmac
import re
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import cast

from redis import Redis, RedisError

from app.api.wechat_calls import WeChatAwayError
from app.clock import now
from app.errors import DomainError, Kind

_LIFE_S = 600
_AGAIN = timedelta(seconds=15)
"""How long after the first callback another one is taken for its copy."""
_WAIT_S, _LOOK_S = 12.0, 0.05
_FORM = re.compile(r"[A-Za-z0-9]{43}")
_DONE = b"done"


class SignInStateError(DomainError):
    """The sign-in was not started by this browser, or too long ago, or is over."""

    code = "sign_in_state"
    kind = Kind.BAD_REQUEST


@dataclass(frozen=True)
class States:
    """The states kept in Redis; each method raises WeChatAwayError while Redis is away."""

    redis: Redis
    key: bytes
    """Makes session tokens of states."""

    def start(self, browser: str | None, *, before: str | None = None) -> tuple[str, str]:
        """Give a new state, and the mark that the browser keeps meanwhile: the one it has, if it has one.

        ``before`` is the token of the session that the browser has: coming back from another site it does
        not show it (SameSite).
        """
        mark = browser if browser and _FORM.fullmatch(browser) else _random()
        state = _random()
        try:
            self.redis.hset(_name(state), mapping={"browser": _hashed(mark)})
            if before:
                self.redis.hset(_name(state), "before", _hashed(before))
            self.redis.expire(_name(state), _LIFE_S)
        except (RedisError, OSError):
            raise WeChatAwayError from None
        return state, mark

    def claim(self, state: str, browser: str | None) -> bool:
        """Say whether this is the first callback of the state. Raises SignInStateError."""
        try:
            kept = cast("dict[bytes, bytes]", self.redis.hgetall(_name(state)))
            known = kept.get(b"browser", b"")
            if not browser or not known or not hmac.compare_digest(known, _hashed(browser).encode()):
                raise SignInStateError
            if self.redis.hsetnx(_name(state), "claimed", str(now().timestamp())):
                self.redis.expire(_name(state), _LIFE_S)
                return True
            claimed = self.redis.hget(_name(state), "claimed")
        except (RedisError, OSError):
            raise WeChatAwayError from None
        if now().timestamp() - float(cast("bytes", claimed or b"0")) > _AGAIN.total_seconds():
            raise SignInStateError
        return False

    def before(self, state: str) -> bytes | None:
        """Give the hash of the token that the browser had when it started, if it had one."""
        try:
            kept = cast("bytes | None", self.redis.hget(_name(state), "before"))
        except (RedisError, OSError):
            raise WeChatAwayError from None
        return bytes.fromhex(kept.decode()) if kept else None

    def finish(self, state: str) -> None:
        """Let the copies of the first callback know that the session is open."""
        try:
            self.redis.hset(_name(state), "outcome", _DONE)
        except (RedisError, OSError):
            return

    def drop(self, state: str) -> None:
        """Let the copies of the first callback know that nothing came of it."""
        try:
            self.redis.delete(_name(state))
        except (RedisError, OSError):
            return

    def wait(self, state: str) -> None:
        """Wait until the first callback has opened the session. Raises SignInStateError if it does not."""
        until = time.monotonic() + _WAIT_S
        while time.monotonic() < until:
            try:
                kept = cast("dict[bytes, bytes]", self.redis.hgetall(_name(state)))
            except (RedisError, OSError):
                raise WeChatAwayError from None
            if kept.get(b"outcome") == _DONE:
                return
            if not kept:
                break
            time.sleep(_LOOK_S)
        raise SignInStateError

    def token(self, state: str, browser: str) -> str:
        """Give the token of the session that a state leads to: 256 bits, for who knows the key."""
        return hmac.new(self.key, f"{state} {browser}".encode(), sha256).hexdigest()


def _random() -> str:
    """Make 43 letters and digits, more than 250 random bits."""
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(secrets.choice(signs) for _ in range(43))


def _hashed(value: str) -> str:
    return sha256(value.encode()).hexdigest()


def _name(state: str) -> str:
    return f"wechat:sign-in:{_hashed(state)}"
