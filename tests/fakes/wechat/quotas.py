"""How often an app may call what, by the minute and by the day in China."""

from collections import Counter
from dataclasses import dataclass

from tests.fakes.wechat.clock import Clock
from tests.fakes.wechat.refusals import Refusal

CLEARED_A_MONTH = 10


@dataclass
class Limit:
    """Calls allowed; None is no limit."""

    per_minute: int | None = None
    per_day: int | None = None
    minute_errcode: int = 45011


def documented() -> dict[str, Limit]:
    """Return the limits the platform's pages name."""
    return {
        "/cgi-bin/stable_token": Limit(10_000, 500_000),
        "/cgi-bin/message/subscribe/send": Limit(None, 10_000_000),
        "/wxa/msg_sec_check": Limit(4_000, 2_000_000, 44991),
        "/wxa/media_check_async": Limit(2_000, 200_000),
        "/wxa/getwxacodeunlimit": Limit(5_000, None),
        LOGIN_OF_ONE_USER: Limit(100, None),
    }


LOGIN_OF_ONE_USER = "/sns/jscode2session of one user"


class Quotas:
    """Counters by path and app."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._limits = documented()
        self._counted: Counter[tuple[str, str, str]] = Counter()
        self._cleared: Counter[tuple[str, str]] = Counter()

    def limit(self, path: str, per_minute: int | None, per_day: int | None) -> None:
        """Set the limits of a path, keeping the code it answers with."""
        known = self._limits.setdefault(path, Limit())
        known.per_minute, known.per_day = per_minute, per_day

    def count(self, path: str, owner: str) -> None:
        """Count one call, or refuse it."""
        limit = self._limits.get(path)
        if limit is None:
            return
        minute = (path, owner, f"minute {self._clock.minute()}")
        day = (path, owner, self._clock.day())
        if limit.per_day is not None and self._counted[day] >= limit.per_day:
            raise Refusal(45009)
        if limit.per_minute is not None and self._counted[minute] >= limit.per_minute:
            raise Refusal(limit.minute_errcode)
        self._counted[minute] += 1
        self._counted[day] += 1

    def clear(self, owner: str) -> None:
        """Begin the owner's daily counters anew; ten times a month."""
        month = (owner, self._clock.month())
        if self._cleared[month] >= CLEARED_A_MONTH:
            raise Refusal(48006)
        self._cleared[month] += 1
        today = self._clock.day()
        for key in [key for key in self._counted if key[1:] == (owner, today)]:
            del self._counted[key]
