"""Calls that have used up the day's quota: known to all processes through Redis, and to each without it."""

from datetime import UTC, datetime, timedelta
from math import ceil

import redis

from app.clock import now

_KEPT_S = 24 * 60 * 60 + 60
"""Longer than any moment in it lies ahead."""


class UsedUp:
    """What one of our apps may not ask any more until a moment, by call."""

    def __init__(self, client: redis.Redis, appid: str) -> None:
        self._redis = client
        self._name = f"wechat:{appid}:used_up"
        self._here: dict[str, datetime] = {}

    def left_s(self, call: str) -> int:
        """Return for how many seconds a call is not to be made, 0 if it may be."""
        try:
            found = self._redis.hget(self._name, call)
            until = _moment(found) if isinstance(found, bytes) else None
        except (redis.RedisError, OSError):
            until = self._here.get(call)
        left_s = (until - now()).total_seconds() if until else 0
        return max(0, ceil(left_s))

    def note(self, call: str, lasts_s: int) -> None:
        """Let nobody make a call for so long."""
        until = now() + timedelta(seconds=lasts_s)
        self._here[call] = until
        try:
            self._redis.hset(self._name, call, str(ceil(until.timestamp())))
            self._redis.expire(self._name, _KEPT_S)
        except (redis.RedisError, OSError):
            return

    def listed(self) -> dict[str, datetime]:
        """Return the calls that are not to be made, and until when. Raises what Redis raises."""
        found = self._redis.hgetall(self._name).items()
        moments = {_text(call): _moment(until) for call, until in found}
        return {call: until for call, until in sorted(moments.items()) if until > now()}

    def forget(self) -> None:
        """Let every call be made again, by every process. Raises what Redis raises."""
        self._here.clear()
        self._redis.delete(self._name)


def _moment(seconds: bytes | str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
