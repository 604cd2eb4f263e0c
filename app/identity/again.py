"""Ending again what had ended before an older backup was restored; nobody is told a second time."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.identity.bindings import end_again as end_binding
from app.identity.wechat import end_link as _end_link
from app.models import FROZEN_TOO, Proxy, ProxyEnd, ProxyState, User, WeChatLink
from app.people import lock_accounts

__all__ = ["end_binding", "end_link", "end_proxy", "forget_phone"]


def end_proxy(session: Session, proxy_id: UUID, *, reason: ProxyEnd, by: UUID | None) -> bool:
    """End a proxy, also one that a closing froze; say whether that changes anything."""
    query = select(Proxy).where(Proxy.id == proxy_id).with_for_update()
    row = session.scalars(query, execution_options={FROZEN_TOO: True}).one_or_none()
    if row is None or row.state is ProxyState.ENDED:
        return False
    row.advance(ProxyState.ENDED)
    row.ended_by, row.ended_at, row.end_reason = by, now(), reason
    return True


def end_link(session: Session, link_id: UUID) -> bool:
    """End a link to WeChat and forget what WeChat calls the person; say whether that changes anything."""
    row = session.get(WeChatLink, link_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        return False
    _end_link(row)
    return True


def forget_phone(session: Session, user_id: UUID) -> bool | None:
    """Take a phone off an account; None where a password hangs on it: without it he could not sign in."""
    found = lock_accounts(session, User.id == user_id)
    if not found or found[0].phone_index is None:
        return False
    (user,) = found
    if user.password_hash is not None:
        return None
    user.phone_sealed = user.phone_index = user.phone_vouched_at = None
    return True
