"""Passwords: kept as Argon2id only, by rules of two profiles, changed by their owner."""

import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.config import PasswordProfile
from app.errors import DomainError, Kind
from app.identity.phones import phone_of
from app.identity.refreshing import end_refreshing_of
from app.identity.refused_passwords import is_easy
from app.identity.sessions import end_sessions_of
from app.identity.tries import clear_tries, count_try, keyed
from app.models import Area, EndReason, Grant, User
from app.sealing import Sealer, Showing, known

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id as ASVS 5.0 Appendix C asks at least."""
_NOBODYS_HASH = HASHER.hash(secrets.token_urlsafe(16))
LEAST = {PasswordProfile.MLPS: 12, PasswordProfile.ASVS: 15}
_KINDS_LEAST = 3
_HOLDS = timedelta(days=90)
_REMEMBERED = 5
"""Passwords that may not come again, the present one among them."""


class PasswordShortError(DomainError):
    """The password is shorter than the profile asks (data: ``least``)."""

    code = "password_short"
    kind = Kind.INVALID


class PasswordPlainError(DomainError):
    """The password has fewer than three of the four kinds of signs."""

    code = "password_plain"
    kind = Kind.INVALID


class PasswordEasyError(DomainError):
    """The password is made of common pieces, or of what is known of its owner."""

    code = "password_easy"
    kind = Kind.INVALID


class PasswordReusedError(DomainError):
    """The password is one of the last five."""

    code = "password_reused"
    kind = Kind.INVALID


class PasswordExpiredError(DomainError):
    """The password was right, and is older than 90 days: sign in with ``new_password`` besides."""

    code = "password_expired"
    kind = Kind.FORBIDDEN


class WrongPasswordError(DomainError):
    """The present password is not the one that was sent, or too many were wrong."""

    code = "wrong_password"
    kind = Kind.FORBIDDEN


def matches(known: str | None, password: str) -> bool:
    """Say whether the password is the hashed one; with nothing to compare, the same work and no."""
    try:
        return HASHER.verify(known or _NOBODYS_HASH, password)
    except (VerificationError, InvalidHashError):
        return False


def set_password(
    session: Session,
    sealer: Sealer,
    profile: PasswordProfile,
    user: User,
    password: str,
    *,
    field: str = "password",
) -> None:
    """Give a user another password; ``field`` names the input at fault.

    Raises PasswordShortError, PasswordPlainError, PasswordEasyError, PasswordReusedError.
    """
    if len(password) < LEAST[profile]:
        raise PasswordShortError(field=field, least=LEAST[profile])
    if profile is PasswordProfile.MLPS and _kinds(password) < _KINDS_LEAST:
        raise PasswordPlainError(field=field)
    area = session.get(Area, user.area_code)
    phone = known(phone_of(Showing(sealer), user)) or ""
    if is_easy(password, [user.name, phone, area.name if area else ""]):
        raise PasswordEasyError(field=field)
    former = [user.password_hash, *user.old_password_hashes] if user.password_hash else []
    if profile is PasswordProfile.MLPS and any(matches(one, password) for one in former[:_REMEMBERED]):
        raise PasswordReusedError(field=field)
    user.old_password_hashes = [one for one in former if one][: _REMEMBERED - 1]
    user.password_hash = HASHER.hash(password)
    user.password_set_at = now()


def change_password(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    key: bytes,
    profile: PasswordProfile,
    *,
    old: str,
    new: str,
) -> DomainError | None:
    """Change the actor's own password and end his other sessions; a wrong old one is returned, and counts.

    Raises what ``set_password`` raises.
    """
    user = session.get_one(User, actor.user_id, with_for_update=True, populate_existing=True)
    if not prove_password(session, key, user, old):
        return WrongPasswordError(field="old_password")
    set_password(session, sealer, profile, user, new, field="new_password")
    end_sessions_of(session, [user.id], EndReason.PASSWORD_CHANGED, but=actor.session_id)
    end_refreshing_of(session, [user.id])
    return None


def prove_password(session: Session, key: bytes, user: User, password: str) -> bool:
    """Say whether a signed-in user knows his password; five wrong ones close it for half an hour."""
    who = keyed(key, "password", user.id)
    closed = count_try(session, who)
    right = matches(user.password_hash, password) and user.password_hash is not None
    if closed or not right:
        return False
    clear_tries(session, who)
    return True


def is_expired(session: Session, profile: PasswordProfile, user: User) -> bool:
    """Say whether the password must be changed first: of staff, after 90 days, where the profile asks it."""
    if profile is not PasswordProfile.MLPS or now() - (user.password_set_at or user.created_at) <= _HOLDS:
        return False
    held = exists().where(Grant.user_id == user.id, Grant.ended_at.is_(None))
    return bool(session.scalar(select(held)))


def _kinds(password: str) -> int:
    """Count the kinds of signs; a Chinese character comes from thousands and counts for two."""
    lower, upper, digit, other, chinese = (
        any(sign.isascii() and sign.islower() for sign in password),
        any(sign.isascii() and sign.isupper() for sign in password),
        any(sign.isdigit() for sign in password),
        any(not sign.isalnum() for sign in password),
        any(sign.isalpha() and not sign.isascii() for sign in password),
    )
    return lower + upper + digit + other + 2 * chinese
