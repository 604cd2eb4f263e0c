"""Signing in with phone and password, and a second factor where there is one."""

import hmac
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.actors import SECOND_FACTOR_ROLES
from app.clock import now
from app.config import SessionSettings
from app.errors import DomainError, Kind
from app.identity.passwords import HASHER, PasswordExpiredError, is_expired, matches, set_password
from app.identity.phones import has_phone
from app.identity.refreshing import end_refreshing_of, first_refresh_token
from app.identity.second_factor import has_second_factor, prove_code
from app.identity.sessions import (
    Opened,
    end_replaced,
    end_sessions_of,
    new_token,
    open_session,
    shorten,
    whose_session,
)
from app.identity.tries import clear_tries, keyed
from app.models import ConsentPurpose, EndReason, Grant, SessionKind, SignIn, User
from app.people import NoBasisError, account_stands, account_until, lock_fully
from app.sealing import Sealer


class WrongCredentialsError(DomainError):
    """Unknown phone, wrong password, a closed phone and a disabled user read the same."""

    code = "wrong_credentials"
    kind = Kind.UNKNOWN_PERSON


@dataclass(frozen=True)
class Credentials:
    """What somebody shows to be let in, and from where."""

    phone: str
    password: str
    totp: str | None = None
    new_password: str | None = None
    """Takes the place of the password at once."""
    kind: SessionKind = SessionKind.APP
    address: str = ""
    closed: bool = False
    """Whether the phone is closed because too many tries failed."""
    refreshable: bool = True
    replaces: bytes | None = None
    """What is kept of the token that the browser has so far: that session ends."""


def who_tries(key: bytes, phone: str) -> bytes:
    """Give the name under which failed tries for a phone are counted."""
    return keyed(key, "phone", phone)


def sign_in(
    session: Session, sealer: Sealer, rules: SessionSettings, key: bytes, shown: Credentials
) -> Opened | DomainError:
    """Check what was shown and open a session; a refusal is returned, since a used code must stay used.

    The work is the same whatever was wrong. A closed phone lets only administrators in, with their second
    factor and from an address they used before: so nobody can shut them out for good.
    """
    user = session.scalars(select(User).where(has_phone(sealer, shown.phone))).one_or_none()
    right = matches(user.password_hash if user else None, shown.password)
    if not right or user is None or not _still_stands(session, user, shown.replaces):
        return WrongCredentialsError()
    address_hash = keyed(key, "address", shown.address)
    enrolled = has_second_factor(session, user.id)
    proven = shown.totp is not None and enrolled
    if shown.closed and not (proven and _is_known(session, user, address_hash)):
        return WrongCredentialsError()
    try:
        with session.begin_nested():
            if proven and not prove_code(session, sealer, key, user.id, shown.totp or ""):
                return WrongCredentialsError()
            refusal = _renew(session, sealer, rules, user, shown, proven=proven or not enrolled)
            if isinstance(refusal, WrongCredentialsError):
                return refusal
            if refusal:
                raise refusal  # undone, so that the same code goes with the next try of a new password
    except DomainError as unfit:
        clear_tries(session, who_tries(key, shown.phone))
        return unfit
    clear_tries(session, who_tries(key, shown.phone))
    opened = let_in(
        session,
        rules,
        user,
        kind=shown.kind,
        second_factor=proven,
        address_hash=address_hash,
        refreshable=shown.refreshable,
    )
    end_replaced(session, shown.replaces)
    return opened


def let_in(
    session: Session,
    rules: SessionSettings,
    user: User,
    *,
    kind: SessionKind = SessionKind.APP,
    second_factor: bool = False,
    address_hash: bytes | None = None,
    refreshable: bool = True,
    checked: bool = True,
    token: str | None = None,
) -> Opened:
    """Open a session for somebody who proved himself just now, in whatever way; the app may refresh it.

    ``checked`` says that the proof is good enough for sensitive steps; ``token`` is what the session goes by,
    or else a random one. The user is locked. Raises NoBasisError for a child under 14 without its guardian's
    consent.
    """
    if not account_stands(session, user.resident_id):
        raise NoBasisError(purpose=ConsentPurpose.MINORS)
    token, at = token or new_token(), now()
    opened = open_session(
        session,
        rules,
        user.id,
        kind=kind,
        token=token,
        second_factor_at=at if second_factor else None,
        checked_at=at if checked else None,
        address_hash=address_hash,
    )
    shorten(opened, account_until(session, user.resident_id))
    user.last_signed_in_at = at
    goes_on = refreshable and kind is SessionKind.APP
    refresh_token = first_refresh_token(session, opened) if goes_on else None
    return Opened(token, opened, refresh_token, user.area_code)


def _renew(
    session: Session,
    sealer: Sealer,
    rules: SessionSettings,
    user: User,
    shown: Credentials,
    *,
    proven: bool,
) -> DomainError | None:
    """Change the password if a new one came along or it must be; else hash it by today's parameters."""
    if shown.new_password is not None and proven:
        try:
            set_password(session, sealer, rules.passwords, user, shown.new_password, field="new_password")
        except DomainError as error:
            return error
        end_sessions_of(session, [user.id], EndReason.PASSWORD_CHANGED)
        end_refreshing_of(session, [user.id])
        return None
    if shown.new_password is not None:
        return WrongCredentialsError()
    if is_expired(session, rules.passwords, user):
        return PasswordExpiredError()
    assert user.password_hash is not None, "it matched"
    if HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = HASHER.hash(shown.password)
    return None


def _still_stands(session: Session, user: User, replaces: bytes | None) -> bool:
    """Lock a user whose password was compared, which is slow, and say whether he may come in by it still."""
    compared = user.password_hash
    lock_fully(session, user.id, beside=whose_session(replaces))
    if user.disabled_at is not None or compared is None or user.password_hash is None:
        return False
    return hmac.compare_digest(user.password_hash, compared)


def _is_known(session: Session, user: User, address_hash: bytes) -> bool:
    """Say whether an administrator showed his second factor at this address before."""
    administers = exists().where(
        Grant.user_id == user.id, Grant.role.in_(SECOND_FACTOR_ROLES), Grant.ended_at.is_(None)
    )
    was_here = exists().where(
        SignIn.user_id == user.id,
        SignIn.address_hash == address_hash,
        SignIn.second_factor_at.is_not(None),
    )
    return bool(session.scalar(select(administers & was_here)))
