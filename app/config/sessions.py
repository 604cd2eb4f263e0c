"""The settings of sessions: how long they last, idle and at most. Read by ``app.config``."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class PasswordProfile(StrEnum):
    """Which rules a new password must keep to."""

    MLPS = "mlps"
    """Classified protection (GB/T 22239-2019 8.1.4.1 a): kinds of signs, and a change every 90 days."""
    ASVS = "asvs"
    """OWASP ASVS 5.0, 6.2: longer, and neither."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """How long a sign-in holds, in the app and at the console (GB/T 22239-2019 8.1.4.1 b)."""

    app_hours: int
    app_idle_minutes: int
    console_hours: int
    console_idle_minutes: int
    console_most: int
    """Console sessions that one account may have at a time; one more ends the oldest."""
    passwords: PasswordProfile


def read_sessions(
    whole: Callable[[str, int, int, int], int],
    profile: Callable[[str, type[PasswordProfile], PasswordProfile], PasswordProfile],
) -> SessionSettings:
    """Read the group by ``whole(name, default, least, most)`` and ``profile(name, words, default)``."""
    return SessionSettings(
        app_hours=whole("GONGDI_SESSION_HOURS", 12, 1, 24),
        app_idle_minutes=whole("GONGDI_SESSION_IDLE_MINUTES", 30, 5, 24 * 60),
        console_hours=whole("GONGDI_CONSOLE_HOURS", 8, 1, 24),
        console_idle_minutes=whole("GONGDI_CONSOLE_IDLE_MINUTES", 15, 5, 24 * 60),
        console_most=whole("GONGDI_CONSOLE_SESSIONS", 1, 1, 20),
        passwords=profile("GONGDI_PASSWORD_PROFILE", PasswordProfile, PasswordProfile.MLPS),
    )
