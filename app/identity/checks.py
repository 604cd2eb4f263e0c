"""Whether somebody proved himself lately enough for a sensitive step (ASVS 7.5.1)."""

from datetime import timedelta

from app.actors import Actor
from app.clock import now
from app.errors import DomainError, Kind

CHECK_HOLDS = timedelta(minutes=5)


class ReauthRequiredError(DomainError):
    """The step is sensitive and the session's last proof of the person is older than five minutes."""

    code = "reauth_required"
    kind = Kind.FORBIDDEN


class SecondFactorNeededError(DomainError):
    """The function is the actor's, but counts only in a session with a second factor."""

    code = "second_factor_needed"
    kind = Kind.FORBIDDEN


def is_checked(actor: Actor) -> bool:
    """Say whether the actor proved himself in the last five minutes."""
    return actor.checked_at is not None and now() - actor.checked_at <= CHECK_HOLDS
