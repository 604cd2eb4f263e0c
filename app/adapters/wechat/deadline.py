"""How long a call and everything it entails may take."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of this process's monotonic clock."""

    at_s: float

    @classmethod
    def after(cls, duration_s: float) -> "Deadline":
        """Give the moment so long from now."""
        return cls(time.monotonic() + duration_s)

    def left_s(self) -> float:
        """Return how long is left; never negative."""
        return max(0.0, self.at_s - time.monotonic())

    def within(self, duration_s: float) -> "Deadline":
        """Give the earlier of this and so long from now."""
        return min(self, Deadline.after(duration_s), key=lambda moment: moment.at_s)
