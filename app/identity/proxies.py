"""Proxies: somebody who may act for a resident (代办), once the resident was heard, until a day or a word.

Whoever acts confirms nothing. One proxy, one pair of people: the database decides. A child has guardians
instead, whom ``people.guardians`` keeps.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor, Role
from app.clock import business_day, now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.models import (
    NoticeKind,
    Proxy,
    ProxyEnd,
    ProxyState,
    ProxyWord,
    Resident,
    User,
)
from app.notices import post
from app.people import check_other_household, lock_accounts

HEARD = frozenset({ProxyWord.IN_PERSON, ProxyWord.BY_PHONE})
"""How an admin may have heard the resident."""
ON_DUTY = frozenset({Role.BUILDING_LEAD, Role.GRID_WORKER, Role.COMMUNITY_ADMIN})
"""Whose duty it may be to act for a resident of his area."""


class OwnProxyError(DomainError):
    """Nobody confirms for himself, or from the home of one of the two."""

    code = "own_proxy"
    kind = Kind.FORBIDDEN


class AskedProxyError(DomainError):
    """Who asked for it, or let in by a code who did, does not confirm as staff that the resident agreed."""

    code = "asked_proxy"
    kind = Kind.FORBIDDEN


def confirm_own(session: Session, actor: Actor, proxy_id: UUID) -> Proxy:
    """Let the resident himself say yes; again changes nothing. Raises NotFoundError, IllegalStepError."""
    if actor.resident_id is None:
        raise NotFoundError
    row = _locked(session, actor, Proxy.id == proxy_id, Proxy.resident_id == actor.resident_id)
    return _confirm(session, actor, row, ProxyWord.OWN_PHONE)


def confirm_proxy(session: Session, actor: Actor, proxy_id: UUID, *, how: ProxyWord) -> Proxy:
    """Note that the actor heard the resident say yes, and how; again changes nothing.

    Raises NotFoundError, OwnProxyError, AskedProxyError, IllegalStepError.
    """
    assert how in HEARD, "the form takes no other"
    row = _locked(session, actor, Proxy.id == proxy_id, _of(actor))
    if row.user_id == actor.user_id or not actor.homes.isdisjoint(_homes(session, row)):
        raise OwnProxyError
    if actor.user_id in {row.asked_by, row.let_in_by}:
        raise AskedProxyError
    return _confirm(session, actor, row, how)


def end_own(session: Session, actor: Actor, proxy_id: UUID) -> Proxy:
    """End a proxy now, as the resident or as who acts; again changes nothing. Raises NotFoundError."""
    row = _locked(session, actor, Proxy.id == proxy_id, _mine(actor))
    is_proxy = row.user_id == actor.user_id
    end_locked(session, row, ProxyEnd.PROXY if is_proxy else ProxyEnd.RESIDENT, by=actor.user_id)
    return row


def end_proxy(session: Session, actor: Actor, proxy_id: UUID) -> Proxy:
    """End a proxy of the actor's areas now; again changes nothing.

    Who lives with one of the two has no say as staff; who is one of them has ``end_own``. Raises
    NotFoundError, OwnHouseholdError.
    """
    row = _locked(session, actor, Proxy.id == proxy_id, _of(actor))
    if row.state is not ProxyState.ENDED:
        check_other_household(actor, *_homes(session, row))
    end_locked(session, row, ProxyEnd.ADMIN, by=actor.user_id)
    return row


def end_proxies_of(
    session: Session,
    reason: ProxyEnd,
    *,
    by: UUID | None,
    user_id: UUID | None = None,
    resident_id: UUID | None = None,
) -> None:
    """End all that a user does for others, and all that others do for a resident; each side is told."""
    which: ColumnElement[bool] = false()
    if user_id is not None:
        which |= Proxy.user_id == user_id
    if resident_id is not None:
        which |= Proxy.resident_id == resident_id
    for row in open_proxies(session, which):
        end_locked(session, row, reason, by=by)


def other_sides(user_id: UUID | None, resident_id: UUID | None = None) -> ColumnElement[bool]:
    """Say in SQL whose accounts ``end_proxies_of`` tells, beside the user's: to be locked with his."""
    is_open = Proxy.state != ProxyState.ENDED
    helped = select(Proxy.resident_id).where(is_open, Proxy.user_id == user_id)
    helping = select(Proxy.user_id).where(is_open, Proxy.resident_id == resident_id)
    return User.resident_id.in_(helped) | User.id.in_(helping)


def proxies_in_scope(
    session: Session,
    actor: Actor,
    *,
    resident_id: UUID | None = None,
    user_id: UUID | None = None,
    state: ProxyState | None = None,
    after: UUID | None,
    limit: int,
) -> list[Proxy]:
    """List proxies of the actor's areas, the newest first, ended ones too."""
    which = _of(actor)
    if resident_id is not None:
        which &= Proxy.resident_id == resident_id
    if user_id is not None:
        which &= Proxy.user_id == user_id
    if state is not None:
        which &= Proxy.state == state
    return _listed(session, which, after=after, limit=limit)


def proxies_for(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[Proxy]:
    """List who acts, or asked to act, for the actor, the newest first."""
    if actor.resident_id is None:
        return []
    return _listed(session, Proxy.resident_id == actor.resident_id, after=after, limit=limit)


def proxies_by(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[Proxy]:
    """List for whom the actor acts, or asked to act, the newest first."""
    return _listed(session, Proxy.user_id == actor.user_id, after=after, limit=limit)


def with_names(session: Session, proxy_id: UUID) -> Proxy:
    """Give a proxy with the names of the two."""
    return _listed(session, Proxy.id == proxy_id, after=None, limit=1)[0]


def open_proxies(session: Session, which: ColumnElement[bool]) -> list[Proxy]:
    """Give open proxies, locked in the order of their ids."""
    query = select(Proxy).where(which, Proxy.state != ProxyState.ENDED).order_by(Proxy.id)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def end_locked(session: Session, row: Proxy, reason: ProxyEnd, *, by: UUID | None) -> None:
    """End a locked proxy; again changes nothing."""
    if row.state is ProxyState.ENDED:
        return
    row.advance(ProxyState.ENDED)
    row.ended_by, row.ended_at, row.end_reason = by, now(), reason
    session.flush()
    tell(session, row, "ended", {row.user_id}, but=by)


def tell(session: Session, row: Proxy, what: str, others: set[UUID], *, but: UUID | None) -> None:
    """Tell the resident, if he has an account, whoever acts and others what became of a proxy."""
    resident = session.scalars(select(User.id).where(User.resident_id == row.resident_id)).one_or_none()
    for user_id in sorted({resident, row.user_id, *others} - {but, None}, key=str):
        post(session, NoticeKind.PROXY, to=user_id, area_code=row.area_code, what=what, proxy_id=row.id)


def _of(actor: Actor) -> ColumnElement[bool]:
    return actor.scope.clause(Proxy.area_code)


def _homes(session: Session, row: Proxy) -> set[UUID]:
    """Give the households of the resident and of whoever acts for him, if that is a resident."""
    acts = select(User.resident_id).where(User.id == row.user_id)
    homes = select(Resident.household_id).where((Resident.id == row.resident_id) | Resident.id.in_(acts))
    return set(session.scalars(homes))


def _mine(actor: Actor) -> ColumnElement[bool]:
    mine = Proxy.user_id == actor.user_id
    return mine | (Proxy.resident_id == actor.resident_id) if actor.resident_id else mine


def _locked(session: Session, actor: Actor, *which: ColumnElement[bool]) -> Proxy:
    """Give a proxy, locked, after the accounts of the actor and of whoever is told what becomes of it.

    Each notice holds its reader's account. So whoever shuts one of these, or ends its binding, and its
    proxies with it, comes before this or after it.
    """
    named = session.execute(select(Proxy.user_id, Proxy.asked_by, Proxy.resident_id).where(*which)).first()
    if named is None:
        raise NotFoundError
    *users, resident_id = named
    lock_accounts(session, User.id.in_([*users, actor.user_id]) | (User.resident_id == resident_id))
    query = select(Proxy).where(*which).options(joinedload(Proxy.resident), joinedload(Proxy.user))
    row = session.scalars(
        query.with_for_update(of=Proxy).execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def _listed(session: Session, which: ColumnElement[bool], *, after: UUID | None, limit: int) -> list[Proxy]:
    query = (
        select(Proxy)
        .where(which)
        .options(joinedload(Proxy.resident), joinedload(Proxy.user))
        .order_by(Proxy.id.desc())
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    if after is not None:
        query = query.where(Proxy.id < after)
    return list(session.scalars(query))


def _confirm(session: Session, actor: Actor, row: Proxy, how: ProxyWord) -> Proxy:
    if row.state is ProxyState.CONFIRMED:
        return row
    if row.valid_until < business_day():
        raise IllegalStepError(now="over", asked=ProxyState.CONFIRMED)
    row.advance(ProxyState.CONFIRMED)
    row.confirmed_by, row.confirmed_at, row.confirmed_how = actor.user_id, now(), how
    session.flush()
    tell(session, row, "confirmed", {row.user_id, row.asked_by}, but=actor.user_id)
    return row
