"""Signing in with phone and password."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import DomainError, Kind
from app.identity.phones import has_phone
from app.identity.sessions import Opened, new_token, open_session
from app.models import SessionKind, User
from app.sealing import Sealer
from app.session_settings import SessionSettings

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id as ASVS 5.0 Appendix C asks at least."""
_NOBODYS_HASH = HASHER.hash(secrets.token_urlsafe(16))


class WrongCredentialsError(DomainError):
    """Unknown phone, wrong password and a disabled user read the same."""

    code = "wrong_credentials"
    kind = Kind.UNKNOWN_PERSON


def sign_in(
    session: Session,
    sealer: Sealer,
    rules: SessionSettings,
    *,
    phone: str,
    password: str,
    kind: SessionKind = SessionKind.APP,
) -> Opened:
    """Check the password and open a session.

    Raises WrongCredentialsError, after the same work whatever was wrong.
    """
    user = session.scalars(select(User).where(has_phone(sealer, phone))).one_or_none()
    right = matches(user.password_hash if user else None, password)
    if not right or user is None or user.disabled_at or user.password_hash is None:
        raise WrongCredentialsError
    if HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = HASHER.hash(password)
    token = new_token()
    made = open_session(session, rules, user.id, kind=kind, token=token, checked_at=now())
    return Opened(token, made, area_code=user.area_code)


def matches(known: str | None, password: str) -> bool:
    """Say whether the password is the hashed one; with nothing to compare, the same work and no."""
    try:
        return HASHER.verify(known or _NOBODYS_HASH, password)
    except (VerificationError, InvalidHashError):
        return False
