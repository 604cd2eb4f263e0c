"""Forgetting what WeChat told of somebody, because he told WeChat so."""

from sqlalchemy.orm import Session

from app.clock import now
from app.identity.proxies import end_proxies_of
from app.identity.refreshing import end_refreshing_of
from app.identity.sessions import end_sessions_of
from app.identity.wechat import by_openid, end_links, holder_locked, is_empty
from app.models import EndReason, ProxyEnd, User, WeChatApp
from app.sealing import Sealer


def user_with_openid(session: Session, sealer: Sealer, openid: str) -> User | None:
    """Give who has this openid in the mini-program, locked; None if nobody has."""
    link = session.scalars(by_openid(sealer, WeChatApp.MINI, openid)).one_or_none()
    return holder_locked(session, link, ends=True)


def forget_vouched_phone(user: User) -> None:
    """Forget that WeChat vouched for a phone, and the number itself where no password hangs on it.

    An account with a password has its number from staff, who wrote it down to let the person in.
    """
    if user.phone_vouched_at is None:
        return
    user.phone_vouched_at = None
    if user.password_hash is None:
        user.phone_sealed = user.phone_index = None


def forget_wechat(session: Session, user: User) -> None:
    """Forget a WeChat account with all it gave, and end what it opened; an account of nothing else ends."""
    forget_vouched_phone(user)
    end_links(session, user.id)
    gone = is_empty(session, user)
    if gone:
        user.disabled_at = user.disabled_at or now()
        end_proxies_of(session, ProxyEnd.ACCOUNT, by=None, user_id=user.id)
    end_sessions_of(session, [user.id], EndReason.DISABLED if gone else EndReason.SIGNED_OUT)
    end_refreshing_of(session, [user.id])
