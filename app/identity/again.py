"""Ending again what had ended before an older backup was restored; nobody is told a second time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.identity.binding_ends import end_again as end_binding
from app.identity.wechat import end_link as _end_link
from app.models import (
    FROZEN_TOO,
    Binding,
    BindingEnd,
    BindingRequest,
    BindingRequestState,
    BindingWay,
    EndReason,
    Invitation,
    Proxy,
    ProxyEnd,
    ProxyState,
    RefreshToken,
    Resident,
    SignIn,
    SignInCode,
    User,
    WeChatLink,
)
from app.people import lock_accounts

__all__ = [
    "end_binding",
    "end_link",
    "end_proxy",
    "end_request",
    "forget_phone",
    "has_binding",
    "shut_everybody_out",
    "write_lost_binding",
]


def shut_everybody_out(session: Session, *, limit: int) -> int:
    """End the next sessions, refresh tokens, invitations and sign-in codes that still let in; give how many.

    Those that ended since the backup was made are open in it again, and nothing tells which: whoever lost a
    phone, and signed it out, would find it signed in.
    """
    values: dict[str, Any] = {"ended_at": now()}
    ended = 0
    for model in (SignIn, RefreshToken, Invitation, SignInCode):
        more = {"end_reason": EndReason.SIGNED_OUT} if model is SignIn else {}
        open_ones = select(model.id).where(model.ended_at.is_(None), model.expires_at > now())
        change = update(model).where(model.id.in_(open_ones.limit(limit - ended))).values(values | more)
        done = session.execute(change, execution_options={"synchronize_session": False})
        assert isinstance(done, CursorResult)
        ended += done.rowcount
    return ended


def end_request(session: Session, request_id: UUID) -> bool:
    """Take back a request to be bound; say whether that changes anything."""
    query = select(BindingRequest).where(BindingRequest.id == request_id).with_for_update()
    row = session.scalars(query).one_or_none()
    if row is None or row.state is not BindingRequestState.OPEN:
        return False
    row.advance(BindingRequestState.WITHDRAWN)
    row.decided_by, row.decided_at = row.user_id, now()
    return True


def has_binding(session: Session, binding_id: UUID) -> bool:
    """Say whether the backup has a binding."""
    query = select(Binding.id).where(Binding.id == binding_id)
    return session.scalars(query, execution_options={FROZEN_TOO: True}).one_or_none() is not None


def write_lost_binding(
    session: Session,
    binding_id: UUID,
    *,
    user_id: UUID,
    resident_id: UUID,
    way: BindingWay,
    at: datetime,
    reason: BindingEnd,
    by: UUID | None,
) -> bool:
    """Write down a binding that the backup has not, as it ended at that time; False if it has it.

    When it began is not known any more. What was done by it came after the backup, too, and is gone.
    """
    if has_binding(session, binding_id):
        return False
    area_code = session.get_one(Resident, resident_id).area_code
    session.add(
        Binding(
            id=binding_id,
            area_code=area_code,
            user_id=user_id,
            resident_id=resident_id,
            way=way,
            begun_at=at,
            ended_at=at,
            ended_by=by,
            end_reason=reason,
            end_note="",
        )
    )
    return True


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
