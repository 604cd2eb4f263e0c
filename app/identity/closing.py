"""Shutting an account for good: nobody gets in by it any more, and nothing in it names the person."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import NotFoundError
from app.identity.binding_ends import end_for_good
from app.identity.binding_requests import drop_request
from app.identity.proxies import end_proxies_of
from app.identity.refreshing import end_refreshing_of
from app.identity.second_factor import drop_second_factor
from app.identity.sessions import end_sessions_of
from app.identity.wechat import end_links
from app.models import EndReason, Grant, Invitation, ProxyEnd, SignInCode, User

NAME_AFTER_CLOSING = "已注销用户"
"""Stands where the account's name stood, but for somebody who held a post: what he did is on record."""
EMPTIED: dict[str, Any] = {
    "area_code": None,
    "phone_sealed": None,
    "phone_index": None,
    "phone_vouched_at": None,
    "password_hash": None,
    "password_set_at": None,
    "old_password_hashes": [],
    "invited_by": None,
    "invited_at": None,
    "last_signed_in_at": None,
    "content_hash": b"",
}
"""What an account becomes; with the area it leaves the reach of every administrator."""


def holds_post(session: Session, user_id: UUID) -> bool:
    """Say whether somebody holds a role now or will hold one."""
    lasting = or_(Grant.valid_until.is_(None), Grant.valid_until > now())
    return bool(
        session.scalar(select(exists().where(Grant.user_id == user_id, Grant.ended_at.is_(None), lasting)))
    )


def held_post(session: Session, user_id: UUID) -> bool:
    """Say whether somebody ever held a role."""
    return bool(session.scalar(select(exists().where(Grant.user_id == user_id))))


def check_open(session: Session, user_id: UUID) -> None:
    """Refuse to go on with what somebody began before his account was shut. Raises NotFoundError.

    To be asked once a row that names him is written: its foreign key and the lock by which an account is shut
    wait for each other, so that either this sees the account shut, or whoever shuts it sees the row.
    """
    if session.scalar(select(User.closed_at).where(User.id == user_id)) is not None:
        raise NotFoundError


def close_account(session: Session, user: User) -> None:
    """End all that a locked user is let in by, all that others do by him, and empty his account.

    Rows that name him without letting anybody in are taken away afterwards, by whoever calls this.
    """
    end_sessions_of(session, [user.id], EndReason.DISABLED)
    end_refreshing_of(session, [user.id])
    drop_second_factor(session, user.id)
    for way_in in (Invitation, SignInCode):
        session.execute(delete(way_in).where(way_in.user_id == user.id))
    drop_request(session, user)
    end_links(session, user.id)
    end_for_good(session, user)
    end_proxies_of(session, ProxyEnd.ACCOUNT, by=user.id, user_id=user.id)
    for name, value in EMPTIED.items():
        setattr(user, name, value)
    if not held_post(session, user.id):
        user.name = NAME_AFTER_CLOSING
    user.disabled_at, user.closed_at = user.disabled_at or now(), now()
    session.flush()
