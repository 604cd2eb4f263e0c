"""Signing in by WeChat: an openid leads to a user, and a new one makes a user who is nobody's yet."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import Actor
from app.adapters import wechat
from app.clock import now
from app.config import SessionSettings
from app.errors import DomainError, Kind
from app.identity.bindings import NAME_BEFORE_BINDING
from app.identity.proxies import end_proxies_of, other_sides
from app.identity.refreshing import end_refreshing
from app.identity.sessions import Opened, end_replaced, end_sessions_of, whose_session
from app.identity.sign_in import let_in
from app.ids import new_id
from app.models import EndReason, Grant, ProxyEnd, RefreshToken, SignIn, User, WeChatApp, WeChatLink
from app.people import lock_accounts, lock_fully
from app.sealing import Cell, Sealer

_TABLE, _TENANT = "wechat_identities", "users"
_OPENID, _UNIONID = "openid", "unionid"
_NOBODY = false()


class UserDisabledError(DomainError):
    """WeChat says who it is, and his account is disabled."""

    code = "user_disabled"
    kind = Kind.FORBIDDEN


class WeChatTakenError(DomainError):
    """The WeChat signs in to another account, which is more than an empty one."""

    code = "wechat_taken"
    kind = Kind.CONFLICT


class WeChatNotLinkedError(DomainError):
    """The account has no WeChat, so WeChat vouches for nothing of it."""

    code = "wechat_not_linked"
    kind = Kind.CONFLICT


def sign_in_by_wechat(
    session: Session,
    sealer: Sealer,
    rules: SessionSettings,
    app: WeChatApp,
    who: wechat.WeChatIdentity,
    *,
    token: str | None = None,
    replaces: bytes | None = None,
) -> Opened:
    """Open a session for whom WeChat names; somebody new becomes a user without phone, area and grants.

    ``token`` is what the session goes by, or else a random one; ``replaces`` says which ends for it. WeChat
    signs in by itself, without the person doing anything: that is no fresh proof of him. Raises
    UserDisabledError.
    """
    _take_turns(session, sealer, who)
    replaced = whose_session(replaces)
    user = _known(session, sealer, app, who, beside=replaced)
    if user is None:
        lock_accounts(session, replaced)
        user = _newcomer(session)
    if user.disabled_at is not None:
        raise UserDisabledError
    keep_link(session, sealer, app, who, user.id)
    opened = let_in(session, rules, user, checked=False, token=token, refreshable=token is None)
    link = session.scalars(by_openid(sealer, app, who.openid)).one_or_none()
    opened.session.wechat_since = link.created_at if link is not None else None
    end_replaced(session, replaces)
    return opened


def link_wechat(session: Session, actor: Actor, sealer: Sealer, who: wechat.WeChatIdentity) -> None:
    """Let the actor sign in by this WeChat from now on, in the place of the one before; again is no change.

    Whoever has another WeChat may have lost the phone with the first one: what else is open ends.
    An account that holds nothing but this WeChat is given up for it. Raises WeChatTakenError.
    """
    assert actor.user_id is not None, "linking needs an account"
    _take_turns(session, sealer, who)
    other = _known(session, sealer, WeChatApp.MINI, who, ends=True, beside=User.id == actor.user_id)
    (user,) = lock_accounts(session, User.id == actor.user_id)
    if other is not None and other.id != user.id:
        if not is_empty(session, other):
            raise WeChatTakenError(field="code")
        other.disabled_at = now()
        end_proxies_of(session, ProxyEnd.ACCOUNT, by=user.id, user_id=other.id)
        end_links(session, other.id)
        end_sessions_of(session, [other.id], EndReason.DISABLED)
    mine = open_link(session, user.id, WeChatApp.MINI)
    if mine is not None and openid_of(sealer, mine) != who.openid:
        end_link(mine)
        session.flush()
        end_sessions_of(session, [user.id], EndReason.SIGNED_OUT, but=actor.session_id)
        ours = select(SignIn.family_id).where(SignIn.id == actor.session_id).scalar_subquery()
        end_refreshing(session, (RefreshToken.user_id == user.id) & (RefreshToken.family_id != ours))
    keep_link(session, sealer, WeChatApp.MINI, who, user.id)


def own_openid(session: Session, actor: Actor, sealer: Sealer) -> str:
    """Give the actor's openid in the mini-program. Raises WeChatNotLinkedError."""
    link = open_link(session, actor.user_id, WeChatApp.MINI) if actor.user_id else None
    if link is None:
        raise WeChatNotLinkedError
    return openid_of(sealer, link)


def open_link(session: Session, user_id: UUID, app: WeChatApp) -> WeChatLink | None:
    """Give a user's identity in one app."""
    return session.scalars(
        select(WeChatLink).where(
            WeChatLink.user_id == user_id, WeChatLink.app == app, WeChatLink.ended_at.is_(None)
        )
    ).one_or_none()


def link_with_openid(session: Session, sealer: Sealer, app: WeChatApp, openid: str) -> WeChatLink | None:
    """Give whose openid it is, locked; for who wants nothing of the account beside."""
    query = by_openid(sealer, app, openid).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def by_openid(sealer: Sealer, app: WeChatApp, openid: str) -> Select[WeChatLink]:
    """Select whose openid it is."""
    index = sealer.index(_OPENID, _TENANT, openid)
    which = (WeChatLink.app == app, WeChatLink.openid_index == index, WeChatLink.ended_at.is_(None))
    return select(WeChatLink).where(*which)


def holder_locked(
    session: Session,
    link: WeChatLink | None,
    *,
    ends: bool = False,
    beside: ColumnElement[bool] = _NOBODY,
) -> User | None:
    """Give whom a link leads to, locked before the link; None if there is none, or it ended meanwhile.

    Who is ``beside`` him is locked with him. ``ends`` says that the account may end: then whom its proxies
    concern is locked as well.
    """
    if link is None:
        return None
    if ends:
        beside = or_(other_sides(link.user_id), beside)
    user = lock_fully(session, link.user_id, beside=beside)
    session.refresh(link, with_for_update=True)
    return user if link.ended_at is None else None


def openid_of(sealer: Sealer, link: WeChatLink) -> str:
    """Give the openid of an open link in clear."""
    assert link.openid_sealed is not None, "the link has ended"
    return sealer.open(link.openid_sealed, Cell(_TABLE, "openid_sealed", link.id))


def keep_link(
    session: Session, sealer: Sealer, app: WeChatApp, who: wechat.WeChatIdentity, user_id: UUID
) -> None:
    """Keep an identity as a user's, unless it is kept already, or the user has another one in this app."""
    link_id = new_id()
    values: dict[str, Any] = {}
    for kind, value in ((_OPENID, who.openid), (_UNIONID, who.unionid)):
        if value is not None:
            values[f"{kind}_sealed"] = sealer.seal(value, Cell(_TABLE, f"{kind}_sealed", link_id))
            values[f"{kind}_index"] = sealer.index(kind, _TENANT, value)
    session.execute(
        insert(WeChatLink)
        .values(id=link_id, app=app, user_id=user_id, created_at=now(), **values)
        .on_conflict_do_nothing()
    )


def end_link(link: WeChatLink) -> None:
    """End a link and forget what WeChat calls the person."""
    link.ended_at = link.ended_at or now()
    link.openid_sealed = link.openid_index = link.unionid_sealed = link.unionid_index = None


def end_links(session: Session, user_id: UUID) -> int:
    """End all links of a user; give how many."""
    links = session.scalars(
        select(WeChatLink).where(WeChatLink.user_id == user_id, WeChatLink.ended_at.is_(None))
    ).all()
    for link in links:
        end_link(link)
    session.flush()
    return len(links)


def is_empty(session: Session, user: User) -> bool:
    """Say whether nothing hangs on an account but its WeChat."""
    granted = session.scalar(select(exists().where(Grant.user_id == user.id)))
    return not (granted or user.phone_index or user.password_hash or user.resident_id)


def _take_turns(session: Session, sealer: Sealer, who: wechat.WeChatIdentity) -> None:
    """Let sign-ins of one person follow each other, so that only the first one makes a user."""
    mark = sealer.fingerprint(f"wechat {who.unionid or who.openid}".encode())
    session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(mark[:8], "big", signed=True))))


def _known(
    session: Session, sealer: Sealer, app: WeChatApp, who: wechat.WeChatIdentity, **locked: Any
) -> User | None:
    """Give the user with this openid, or else with the same unionid in another app, locked."""
    link = session.scalars(by_openid(sealer, app, who.openid)).one_or_none()
    if link is None and who.unionid is not None:
        index = sealer.index(_UNIONID, _TENANT, who.unionid)
        link = session.scalars(
            select(WeChatLink)
            .where(WeChatLink.unionid_index == index, WeChatLink.ended_at.is_(None))
            .order_by(WeChatLink.id)
            .limit(1)
        ).one_or_none()
    return holder_locked(session, link, **locked)


def _newcomer(session: Session) -> User:
    user = User(id=new_id(), area_code=None, name=NAME_BEFORE_BINDING, content_hash=b"", created_at=now())
    session.add(user)
    session.flush()
    return user
