"""The fake's own time: the wall clock, moved or stopped by whoever tests."""

import time
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")
"""Quotas of the platform begin anew at midnight there."""


class Clock:
    """Seconds since 1970 as the fake sees them."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._stopped_at: float | None = None

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return time.time() + self._ahead_s if self._stopped_at is None else self._stopped_at

    def set(self, epoch_s: float) -> None:
        """Stop at this time, until it is moved or runs on."""
        self._stopped_at = epoch_s

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds, stopped or not."""
        if self._stopped_at is None:
            self._ahead_s += seconds
        else:
            self._stopped_at += seconds

    def run(self) -> None:
        """Run on from the time shown."""
        if self._stopped_at is not None:
            self._ahead_s = self._stopped_at - time.time()
            self._stopped_at = None

    def minute(self) -> int:
        """Return the running minute, which minute quotas count in."""
        return int(self.now()) // 60

    def day(self) -> str:
        """Return the day in China, which daily quotas count in."""
        return datetime.fromtimestamp(self.now(), UTC).astimezone(CHINA).date().isoformat()

    def month(self) -> str:
        """Return the month in China, which ``clear_quota`` counts in."""
        return self.day()[:7]
