"""Asking for a proxy (代办): by a member of the household, by staff, or by kin who live elsewhere.

Whoever may see the resident names him. Kin of another household may not, and show by his name and the binding
code that his household has on paper that they were given it there.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor, ProxyFunction, community_of
from app.clock import business_day, now
from app.errors import DomainError, Kind, NotFoundError
from app.identity.binding_codes import behind_code
from app.identity.binding_tries import CLOSED_MINUTES, count_binding_try, uncount_binding_try
from app.identity.holders import holders
from app.identity.proxies import ON_DUTY, end_locked, open_proxies, tell, with_names
from app.identity.same_texts import same_name
from app.identity.seeing_to import who_sees_to_it
from app.models import NoticeKind, Proxy, ProxyEnd, ProxyRelation, ProxyState, Resident, User
from app.notices import post
from app.once import content_hash, insert_once, made_before
from app.people import (
    ResidentDeadError,
    accounts_of_home,
    check_not_dead,
    is_minor,
    lock_accounts,
    resident_in_scope,
    user_locked,
    was_said_dead,
)
from app.sealing import Sealer

LONGEST = timedelta(days=366)
"""How long a proxy may last before the resident is asked again."""


class ProxyUnfitError(DomainError):
    """A minor has guardians, nobody is his own proxy, and staff act by duty outside their own home only."""

    code = "proxy_unfit"
    kind = Kind.INVALID


class ProxySpanError(DomainError):
    """The proxy would be over already, or last longer than a year."""

    code = "proxy_span"
    kind = Kind.INVALID


class ProxyOpenError(DomainError):
    """The two have a proxy already, asked for or confirmed."""

    code = "proxy_open"
    kind = Kind.CONFLICT


class ProxyRefusedError(DomainError):
    """Name or binding code is wrong, or the account may not ask for this resident; which is not told."""

    code = "proxy_refused"
    kind = Kind.CONFLICT


class ProxyTriesError(DomainError):
    """The user, or somebody for this household, tried too often (data: ``minutes``, ``retry_after_s``)."""

    code = "proxy_tries"
    kind = Kind.TOO_MANY


@dataclass(frozen=True)
class NewProxy:
    """Who shall act for whom; without ``user_id`` it is the one who asks."""

    resident_id: UUID
    relation: ProxyRelation
    functions: tuple[ProxyFunction, ...]
    valid_until: date
    consent: str
    user_id: UUID | None = None


@dataclass(frozen=True)
class KinProxy:
    """For whom the actor asks to act, what shows that he was asked to, and who he says he is."""

    code: str
    resident_name: str
    asker_name: str
    relation: ProxyRelation
    functions: tuple[ProxyFunction, ...]
    valid_until: date
    consent: str


def ask_proxy(session: Session, actor: Actor, proxy_id: UUID, new: NewProxy) -> tuple[Proxy, bool]:
    """Ask that somebody may act for a resident; the resident and his community are told.

    Raises NotFoundError for a resident or user out of reach, ProxyUnfitError, ResidentDeadError,
    ProxySpanError, ProxyOpenError, OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Proxy, proxy_id, sent, author=Proxy.asked_by, by=actor.user_id)
    if first is not None:
        return with_names(session, first.id), False
    resident, user = _two(session, actor, new)
    _check_fit(session, resident, user, new.relation)
    check_not_dead(session, resident.id)
    _check_span(new.valid_until)
    return _asked(session, actor, proxy_id, sent, new, resident, user)


def ask_as_kin(
    session: Session, actor: Actor, sealer: Sealer, key: bytes, proxy_id: UUID, new: KinProxy
) -> tuple[Proxy, bool] | DomainError:
    """Ask to act for a resident whom the actor may not see, by his name and his household's binding code.

    It shows that somebody of the household gave him the code, and no more: the resident, or an admin who
    heard him, confirms as ever. A refusal is returned, since the try must stay counted, with those of
    binding: who guesses does not begin anew here. An unknown code, a wrong name, a minor and himself read
    the same. That the resident died is told to whoever has name and code.

    Raises ProxySpanError, ProxyUnfitError for an actor under age, ProxyOpenError, OtherContentError.
    """
    assert actor.user_id is not None, "a view for signed-in people"
    user = user_locked(session, actor.user_id)
    sent = sealer.fingerprint(content_hash(actor.user_id, new))
    first = made_before(session, Proxy, proxy_id, sent, author=Proxy.asked_by, by=user.id)
    if first is not None:
        return with_names(session, first.id), False
    _check_span(new.valid_until)
    own = session.get(Resident, user.resident_id) if user.resident_id else None
    if user.disabled_at is not None or (own is not None and is_minor(own)):
        raise ProxyUnfitError
    counted = count_binding_try(session, key, user.id, new.code)
    if counted is None:
        return ProxyTriesError(minutes=CLOSED_MINUTES, retry_after_s=60 * CLOSED_MINUTES)
    resident = _proven(session, sealer, new)
    if resident is None or is_minor(resident) or resident.id == user.resident_id:
        return ProxyRefusedError()
    uncount_binding_try(session, counted)
    if was_said_dead(session, resident.id):
        return ResidentDeadError()
    return _asked(session, actor, proxy_id, sent, new, resident, user)


def _asked(
    session: Session,
    actor: Actor,
    proxy_id: UUID,
    sent: bytes,
    new: NewProxy | KinProxy,
    resident: Resident,
    user: User,
) -> tuple[Proxy, bool]:
    """Keep what was asked for, and tell the resident and his community. Raises ProxyOpenError."""
    _end_over(session, user.id, resident.id)
    row, made = insert_once(
        session,
        Proxy,
        proxy_id,
        sent,
        taken=ProxyOpenError(),
        area_code=resident.area_code,
        resident_id=resident.id,
        user_id=user.id,
        asker_name=new.asker_name if isinstance(new, KinProxy) else None,
        relation=new.relation,
        functions=sorted(set(new.functions)),
        valid_until=new.valid_until,
        consent=new.consent,
        state=ProxyState.ASKED,
        asked_by=actor.user_id,
        let_in_by=actor.let_in_by,
        asked_at=now(),
    )
    if made:
        _tell_deciders(session, row, resident, user)
    return with_names(session, row.id), made


def _tell_deciders(session: Session, row: Proxy, resident: Resident, user: User) -> None:
    """Tell the resident, who acts, and the admins who may confirm: neither who asked nor who lives with one.

    Nor whoever let in by a code who asked.

    Where there is none the office above is told that nobody hears the resident, unless he says so himself.
    """
    own = session.get(Resident, user.resident_id) if user.resident_id else None
    homes = {one.household_id for one in (resident, own) if one is not None}
    barred = {user.id, row.asked_by, row.let_in_by}.union(
        *(accounts_of_home(session, home) for home in homes)
    )
    what, to_know = who_sees_to_it(session, community_of(row.area_code), but=barred)
    tell(session, row, "asked", to_know if what == "asked" else set(), but=row.asked_by)
    himself = session.scalars(select(User.id).where(User.resident_id == resident.id)).first()
    if what == "nobody_decides" and (himself is None or row.asker_name is not None):
        for user_id in sorted(to_know):
            post(session, NoticeKind.PROXY, to=user_id, area_code=row.area_code, what=what, proxy_id=row.id)


def _check_span(valid_until: date) -> None:
    if not business_day() <= valid_until <= business_day() + LONGEST:
        raise ProxySpanError(field="valid_until")


def _proven(session: Session, sealer: Sealer, new: KinProxy) -> Resident | None:
    """Give the one resident of that name behind the code; all of it is compared, whatever fails."""
    is_code, members = behind_code(session, sealer, new.code)
    fitting = [one for one in members if same_name(one.name, new.resident_name)]
    return fitting[0] if is_code and len(fitting) == 1 else None


def _two(session: Session, actor: Actor, new: NewProxy) -> tuple[Resident, User]:
    """Give the resident, and whoever shall act for him, both within reach. Raises NotFoundError.

    The user stays locked until the transaction ends: whoever shuts his account ends this proxy too, or it is
    never asked for.
    """
    try:
        resident = resident_in_scope(session, actor, new.resident_id)
    except NotFoundError:
        raise NotFoundError(field="resident_id") from None
    user_id = new.user_id or actor.user_id
    lock_accounts(session, User.id.in_([user_id, actor.user_id]) | (User.resident_id == resident.id))
    user = session.get(User, user_id)
    is_self = user is not None and user.id == actor.user_id
    if user is None or user.disabled_at is not None:
        raise NotFoundError(field="user_id")
    if not is_self and (user.area_code is None or not actor.scope.covers(user.area_code)):
        raise NotFoundError(field="user_id")
    return resident, user


def _check_fit(session: Session, resident: Resident, user: User, relation: ProxyRelation) -> None:
    """Raise ProxyUnfitError where one may not act for the other."""
    if is_minor(resident):
        raise ProxyUnfitError(field="resident_id")
    own = session.get(Resident, user.resident_id) if user.resident_id else None
    if own is not None and (own.id == resident.id or is_minor(own)):
        raise ProxyUnfitError(field="user_id")
    if relation is ProxyRelation.STAFF:
        on_duty = user.id in holders(session, resident.area_code, ON_DUTY, among=[user.id])
        if not on_duty or (own is not None and own.household_id == resident.household_id):
            raise ProxyUnfitError(field="relation")


def _end_over(session: Session, user_id: UUID, resident_id: UUID) -> None:
    """End what is over between two, so that they may begin anew."""
    which = (Proxy.user_id == user_id) & (Proxy.resident_id == resident_id)
    for row in open_proxies(session, which & (Proxy.valid_until < business_day())):
        end_locked(session, row, ProxyEnd.OVER, by=None)
