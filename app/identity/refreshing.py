"""Refresh tokens: a phone goes on without its owner's password, for thirty days at most.

Each opens one next session and one next token. Both are derived from it by a key of the server, so that
a phone that asked twice gets the same pair, while the database holds nothing that anybody could use.
"""

import base64
import hmac
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.config import SessionSettings
from app.errors import DomainError, Kind
from app.identity.sessions import Opened, end_family, hashed, new_token, open_session, shorten
from app.ids import new_id
from app.models import EndReason, NoticeKind, RefreshToken, SessionKind, SignIn, User
from app.notices import post
from app.people import account_stands, account_until

log = structlog.get_logger()
LIVES = timedelta(days=30)
"""Of a family, from the sign-in on (ASVS 5.0, 10.4.8)."""
GRACE = timedelta(seconds=10)
"""How long a used token gives the same pair again, and an earlier session goes on."""


class RefreshOverError(DomainError):
    """The refresh token is unknown, used, ended or too old: sign in anew."""

    code = "refresh_over"
    kind = Kind.UNKNOWN_PERSON


def first_refresh_token(session: Session, opened: SignIn) -> str:
    """Make the first token of the family that begins with this session."""
    token = new_token()
    _add(session, opened, token, expires_at=now() + LIVES)
    return token


def refresh(session: Session, rules: SessionSettings, key: bytes, token: str) -> Opened | RefreshOverError:
    """Open the next session of a family, without second factor and check: nobody proved himself anew.

    A token that comes back after the grace is in wrong hands: the whole family ends and its owner is told.
    What is written then must be kept, so the refusal is returned.
    """
    at = now()
    row = session.scalars(select(RefreshToken).where(RefreshToken.token_hash == hashed(token))).one_or_none()
    if row is None:
        return RefreshOverError()
    user = session.get_one(User, row.user_id, with_for_update=True, populate_existing=True)
    session.refresh(row, with_for_update=True)
    if (
        row.ended_at
        or at >= row.expires_at
        or user.disabled_at
        or not account_stands(session, user.resident_id)
    ):
        return RefreshOverError()
    successor, access = _derived(key, "refresh", token), _derived(key, "access", token)
    if row.used_at is not None:
        return _again(session, row, user, access=access, successor=successor)
    row.used_at = at
    _end_soon(session, row.family_id)
    opened = open_session(
        session, rules, user.id, kind=SessionKind.APP, token=access, family_id=row.family_id
    )
    of_family = select(SignIn.let_in_by, SignIn.wechat_since).where(SignIn.id == row.family_id)
    if (begun := session.execute(of_family).one_or_none()) is not None:
        opened.let_in_by, opened.wechat_since = begun.let_in_by, begun.wechat_since
    shorten(opened, account_until(session, user.resident_id))
    _add(session, opened, successor, expires_at=row.expires_at)
    user.last_signed_in_at = at
    return Opened(access, opened, successor, user.area_code)


def _again(
    session: Session, row: RefreshToken, user: User, *, access: str, successor: str
) -> Opened | RefreshOverError:
    assert row.used_at is not None, "only a used token comes again"
    opened = session.scalars(select(SignIn).where(SignIn.token_hash == hashed(access))).one_or_none()
    if now() - row.used_at <= GRACE and opened is not None and opened.ended_at is None:
        return Opened(access, opened, successor, user.area_code)
    end_refreshing(session, RefreshToken.family_id == row.family_id)
    end_family(session, row.family_id, EndReason.TOKEN_REUSED)
    if user.area_code is not None:
        post(session, NoticeKind.ACCOUNT_ALERT, to=user.id, area_code=user.area_code, what="token_reused")
    log.warning("refresh_token_reused", user_id=str(user.id), family_id=str(row.family_id))
    return RefreshOverError()


def end_refreshing(session: Session, which: ColumnElement[bool]) -> None:
    """End refresh tokens for good."""
    session.execute(update(RefreshToken).where(which, RefreshToken.ended_at.is_(None)).values(ended_at=now()))


def end_refreshing_of(session: Session, users: Collection[UUID]) -> None:
    """End all refresh tokens of these users."""
    end_refreshing(session, RefreshToken.user_id.in_(users))


def _end_soon(session: Session, family_id: UUID) -> None:
    """Leave the family's earlier session the grace, for requests that are on their way."""
    session.execute(
        update(SignIn)
        .where(SignIn.family_id == family_id, SignIn.ended_at.is_(None))
        .values(expires_at=func.least(SignIn.expires_at, now() + GRACE))
    )


def _add(session: Session, opened: SignIn, token: str, *, expires_at: datetime) -> None:
    made = RefreshToken(
        id=new_id(),
        family_id=opened.family_id,
        user_id=opened.user_id,
        token_hash=hashed(token),
        created_at=now(),
        expires_at=expires_at,
    )
    session.add(made)
    session.flush()


def _derived(key: bytes, what: str, token: str) -> str:
    made = hmac.new(key, f"{what}|{token}".encode(), sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
