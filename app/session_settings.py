"""The settings of sessions: how long they last, idle and at most. Read by ``app.config``."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """How long a sign-in holds, in the app and at the console (GB/T 22239-2019 8.1.4.1 b)."""

    app_hours: int
    app_idle_minutes: int
    console_hours: int
    console_idle_minutes: int
    console_most: int
    """Console sessions that one account may have at a time; one more ends the oldest."""


def read_sessions(whole: Callable[[str, int, int, int], int]) -> SessionSettings:
    """Read the group by ``whole(name, default, least, most)``."""
    return SessionSettings(
        app_hours=whole("GONGDI_SESSION_HOURS", 12, 1, 24),
        app_idle_minutes=whole("GONGDI_SESSION_IDLE_MINUTES", 30, 5, 24 * 60),
        console_hours=whole("GONGDI_CONSOLE_HOURS", 8, 1, 24),
        console_idle_minutes=whole("GONGDI_CONSOLE_IDLE_MINUTES", 15, 5, 24 * 60),
        console_most=whole("GONGDI_CONSOLE_SESSIONS", 1, 1, 20),
    )
