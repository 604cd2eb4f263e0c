"""Proving oneself again: for a sensitive step (ASVS 7.5.1), and with the second factor (ASVS 7.2.4)."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.config import SessionSettings
from app.errors import DomainError, Kind
from app.identity.passwords import WrongPasswordError, prove_password
from app.identity.second_factor import WrongCodeError, prove_code
from app.identity.sessions import (
    Opened,
    SessionOverError,
    end_session,
    new_token,
    open_session,
    take_turn,
)
from app.models import EndReason, SignIn, User
from app.sealing import Sealer

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


def check_again(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    key: bytes,
    *,
    password: str | None = None,
    totp: str | None = None,
) -> datetime | DomainError:
    """Let the actor prove himself again by password or code; give until when it holds.

    A refusal is returned, since it counts.
    """
    user = session.get_one(User, actor.user_id)
    if totp is not None:
        if not prove_code(session, sealer, key, user.id, totp):
            return WrongCodeError(field="totp")
    elif not prove_password(session, key, user, password or ""):
        return WrongPasswordError(field="password")
    return note_check(session, actor)


def note_check(session: Session, actor: Actor) -> datetime:
    """Keep that the actor proved himself just now; give until when it holds."""
    at = now()
    session.execute(update(SignIn).where(SignIn.id == actor.session_id).values(checked_at=at))
    return at + CHECK_HOLDS


def step_up(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    rules: SessionSettings,
    key: bytes,
    *,
    token: str,
    totp: str,
    confirming: bool = False,
) -> Opened | DomainError:
    """Go on under another token with the second factor; the old one is dead, the longest end stays.

    ``confirming`` takes the first code of a second factor just enrolled. A refusal is returned: it counts.
    """
    assert actor.user_id is not None, "a view for signed-in people"
    take_turn(session, actor.user_id)
    before = session.get_one(SignIn, actor.session_id, populate_existing=True)
    if before.ended_at is not None:
        return SessionOverError()
    if not prove_code(session, sealer, key, actor.user_id, totp, confirming=confirming):
        return WrongCodeError(field="totp")
    end_session(session, token, EndReason.STEPPED_UP)
    fresh = new_token()
    opened = open_session(
        session,
        rules,
        actor.user_id,
        kind=before.kind,
        token=fresh,
        family_id=before.family_id,
        second_factor_at=now(),
        checked_at=now(),
        address_hash=before.address_hash,
    )
    opened.expires_at = before.expires_at
    opened.let_in_by, opened.wechat_since = before.let_in_by, before.wechat_since
    return Opened(fresh, opened)
