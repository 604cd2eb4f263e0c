"""Signing in with phone and password, and the opaque sessions that follow."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.actors import Actor, Held
from app.clock import now
from app.errors import DomainError, Kind
from app.identity.phones import has_phone
from app.ids import new_id
from app.models import Grant, Household, Resident, SignIn, User
from app.sealing import Sealer

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id as ASVS 5.0 Appendix C asks at least."""
_NOBODYS_HASH = HASHER.hash(secrets.token_urlsafe(16))
_TOKEN_BYTES = 32


class WrongCredentialsError(DomainError):
    """Unknown phone, wrong password and a disabled user read the same."""

    code = "wrong_credentials"
    kind = Kind.UNKNOWN_PERSON


def sign_in(
    session: Session, sealer: Sealer, *, phone: str, password: str, hours: int
) -> tuple[str, SignIn, User]:
    """Check the password and open a session; give the token, which is stored nowhere.

    Raises WrongCredentialsError, after the same work whatever was wrong.
    """
    user = session.scalars(select(User).where(has_phone(sealer, phone))).one_or_none()
    right = matches(user.password_hash if user else None, password)
    if not right or user is None or user.disabled_at or user.password_hash is None:
        raise WrongCredentialsError
    if HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = HASHER.hash(password)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    opened = SignIn(
        id=new_id(),
        user_id=user.id,
        token_hash=_hashed(token),
        created_at=now(),
        expires_at=now() + timedelta(hours=hours),
    )
    session.add(opened)
    return token, opened, user


def sign_out(session: Session, token: str) -> None:
    """End the session at once; ending it again changes nothing."""
    session.execute(
        update(SignIn)
        .where(SignIn.token_hash == _hashed(token), SignIn.ended_at.is_(None))
        .values(ended_at=now())
    )


def forget_old_sessions(session: Session, *, kept_days: int = 30) -> int:
    """Delete sign-ins that expired or ended this long ago; give how many."""
    before = now() - timedelta(days=kept_days)
    over = (SignIn.expires_at < before) | (SignIn.ended_at < before)
    return len(session.scalars(delete(SignIn).where(over).returning(SignIn.id)).all())


def actor_of(session: Session, token: str) -> Actor | None:
    """Give who holds the token, with the grants in force now; None if it is unknown or over.

    Read from the database at each request: a changed grant, a disabled user or a sign-out works at the next.
    """
    at = now()
    row = session.execute(
        select(User.id, User.name, Resident.id, Resident.household_id, Household.area_code)
        .select_from(SignIn)
        .join(User, User.id == SignIn.user_id)
        .outerjoin(Resident, Resident.id == User.resident_id)
        .outerjoin(Household, Household.id == Resident.household_id)
        .where(
            SignIn.token_hash == _hashed(token),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > at,
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    user_id, name, resident_id, household_id, home_code = row
    return Actor(
        user_id=user_id,
        name=name,
        resident_id=resident_id,
        household_id=household_id,
        home_code=home_code,
        held=_held(session, user_id),
    )


def _held(session: Session, user_id: UUID) -> tuple[Held, ...]:
    at = now()
    rows = session.execute(
        select(Grant.role, Grant.area_code).where(
            Grant.user_id == user_id,
            Grant.ended_at.is_(None),
            Grant.valid_from <= at,
            (Grant.valid_until.is_(None)) | (Grant.valid_until > at),
        )
    )
    return tuple(Held(role, area_code) for role, area_code in rows)


def matches(known: str | None, password: str) -> bool:
    """Say whether the password is the hashed one; with nothing to compare, the same work and no."""
    try:
        return HASHER.verify(known or _NOBODYS_HASH, password)
    except (VerificationError, InvalidHashError):
        return False


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
