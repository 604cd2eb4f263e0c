"""Requests to be bound: a user says who he is, and a community admin looks and decides, once."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor, Role, Scope, community_of
from app.clock import now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.identity.binding_doubts import doubts, namesakes, who_may_not_decide
from app.identity.bindings import AlreadyBoundError, bind
from app.identity.seeing_to import who_sees_to_it
from app.models import Area, BindingRequest, BindingRequestState, BindingWay, NoticeKind, Resident, User
from app.notices import post
from app.once import content_hash, insert_once, made_before
from app.people import (
    Category,
    accounts_of_home,
    check_about,
    check_other_household,
    lock_accounts,
    lock_fully,
    resident_locked,
)
from app.places import AreaUnknownError


class RequestOpenError(DomainError):
    """The user has a request that waits already; he takes it back first."""

    code = "binding_request_open"
    kind = Kind.CONFLICT


class OwnRequestError(DomainError):
    """Nobody decides on his own request, nor on one that was sent in the session of a code that he made."""

    code = "own_binding_request"
    kind = Kind.FORBIDDEN


class HadProofError(DomainError):
    """Whoever lately wrote the phone, or had number and code, does not say that somebody is that resident."""

    code = "had_proof"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class NewBindingRequest:
    """Who somebody says he is: his community, his name, his door, and what else helps."""

    area_code: str
    name: str
    door: str
    note: str = ""


def ask_binding(
    session: Session, actor: Actor, request_id: UUID, new: NewBindingRequest
) -> tuple[BindingRequest, bool]:
    """Ask the admins of a community to find who the actor is; they, or else the offices above, are told.

    Raises AreaUnknownError for what is no community, AlreadyBoundError, RequestOpenError, OtherContentError.
    """
    assert actor.user_id is not None, "a view for signed-in people"
    sent = content_hash(actor.user_id, new)
    first = made_before(
        session, BindingRequest, request_id, sent, author=BindingRequest.user_id, by=actor.user_id
    )
    if first is not None:
        return first, False
    if len(new.area_code) != COMMUNITY_DIGITS or session.get(Area, new.area_code) is None:
        raise AreaUnknownError(field="area_code")
    (user,) = lock_accounts(session, User.id == actor.user_id)
    if user.resident_id is not None:
        raise AlreadyBoundError
    row, made = insert_once(
        session,
        BindingRequest,
        request_id,
        sent,
        taken=RequestOpenError(),
        user_id=user.id,
        let_in_by=actor.let_in_by,
        asked_at=now(),
        state=BindingRequestState.OPEN,
        decision_note="",
        **asdict(new),
    )
    if made:
        tell_who_sees_to_it(session, row)
    return row, made


def tell_who_sees_to_it(
    session: Session,
    row: BindingRequest,
    *,
    but: Collection[UUID] = (),
    holding: Callable[[str, Role], set[UUID]] | None = None,
) -> bool:
    """Tell the community's admins, or where there is none the county's office, or else the city's.

    An admin who had what a proof of him needs does not decide, and so is none here. ``but`` names who knows
    already; ``holding`` gives the holders of a role over an area to whoever tells of many. Says whether
    anybody was told.
    """
    named = namesakes(session, row)
    barred = {row.user_id, row.let_in_by, *_at_home(session, named)} | who_may_not_decide(session, row, named)
    what, to_know = who_sees_to_it(session, row.area_code, but=barred, holding=holding)
    new = sorted(to_know.difference(but))
    for user_id in new:
        _tell(session, row, user_id, what)
    return bool(new)


def _at_home(session: Session, named: Collection[Resident]) -> set[UUID]:
    """Give the accounts of those who live with everybody of that name: none of them may bind him."""
    found = [accounts_of_home(session, home) for home in {one.household_id for one in named}]
    return set.intersection(*found) if found else set()


def withdraw_request(session: Session, actor: Actor, request_id: UUID) -> BindingRequest:
    """Take back a request of the actor's own; again changes nothing.

    Raises NotFoundError, IllegalStepError once it was decided.
    """
    lock_accounts(session, User.id == actor.user_id)
    row = _locked(session, BindingRequest.id == request_id, BindingRequest.user_id == actor.user_id)
    if row.state is not BindingRequestState.WITHDRAWN:
        row.advance(BindingRequestState.WITHDRAWN)
        row.decided_by, row.decided_at = actor.user_id, now()
    return row


def drop_request(session: Session, user: User) -> None:
    """Take back what a locked user asked for and needs no longer."""
    row = session.scalars(
        select(BindingRequest)
        .where(BindingRequest.user_id == user.id, BindingRequest.state == BindingRequestState.OPEN)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is not None:
        row.advance(BindingRequestState.WITHDRAWN)
        row.decided_by, row.decided_at = user.id, now()
        session.flush()


def approve_request(session: Session, actor: Actor, request_id: UUID, *, resident_id: UUID) -> BindingRequest:
    """Bind the user to this resident, and tell him and those who would notice; again changes nothing.

    A child under 14 needs its guardian's consent (PIPL, art. 31). Who had before he asked what proves who the
    resident is leaves it to another: the account may be his own second one. Raises NotFoundError,
    OwnRequestError, AlreadyBoundError, OwnHouseholdError, HadProofError, ResidentTakenError,
    IllegalStepError, NoBasisError, ConsentChangedError.
    """
    others = _who_would_notice(session, actor, request_id, resident_id)
    row, user = _to_decide(session, actor, request_id, beside=others)
    if _is_decided(row, actor, BindingRequestState.APPROVED, same=row.resident_id == resident_id):
        return row
    if user.disabled_at is not None:
        raise IllegalStepError(now="user_disabled", asked=BindingRequestState.APPROVED)
    resident = resident_locked(session, resident_id)
    if (
        resident is None
        or not actor.scope.covers(resident.area_code)
        or community_of(resident.area_code) != row.area_code
    ):
        raise NotFoundError(field="resident_id")
    check_other_household(actor, resident.household_id)
    known = doubts(session, [resident], before=row.asked_at).get(resident.id, [])
    if any(one.user_id == actor.user_id for one in known):
        raise HadProofError
    check_about(session, resident, Category.ACCOUNT)
    bind(session, user, resident, BindingWay.REQUEST, by=actor.user_id)
    row.resident_id = resident.id
    _decide(session, actor, row, BindingRequestState.APPROVED)
    about = {"what": "bound_of", "request_id": row.id, "resident_id": resident.id}
    for user_id in sorted(others):
        post(session, NoticeKind.BINDING, to=user_id, area_code=row.area_code, **about)
    return row


def _who_would_notice(session: Session, actor: Actor, request_id: UUID, resident_id: UUID) -> set[UUID]:
    """Give who is told whom somebody was bound to: the home, and the other admins or the office above.

    One admin alone decides who somebody is, and might mean an account of his own.
    """
    row = request_in_scope(session, actor, request_id)
    home = select(Resident.household_id).where(Resident.id == resident_id)
    at_home = accounts_of_home(session, household) if (household := session.scalar(home)) else set()
    _, others = who_sees_to_it(session, row.area_code, but={actor.user_id, row.user_id})
    return (at_home | others) - {actor.user_id, row.user_id}


def reject_request(session: Session, actor: Actor, request_id: UUID, *, note: str) -> BindingRequest:
    """Say no and why, and tell the user; the same again changes nothing.

    Raises NotFoundError, OwnRequestError, IllegalStepError.
    """
    row, _ = _to_decide(session, actor, request_id)
    if _is_decided(row, actor, BindingRequestState.REJECTED, same=row.decision_note == note):
        return row
    row.decision_note = note
    _decide(session, actor, row, BindingRequestState.REJECTED)
    return row


def own_requests(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[BindingRequest]:
    """List the actor's own requests, the newest first."""
    return _listed(session, BindingRequest.user_id == actor.user_id, after=after, limit=limit)


def binding_requests(
    session: Session,
    actor: Actor,
    *,
    state: BindingRequestState | None = None,
    after: UUID | None,
    limit: int,
) -> list[BindingRequest]:
    """List the requests of the actor's communities, the newest first, on request of one state."""
    which = _reach(actor).clause(BindingRequest.area_code)
    if state is not None:
        which &= BindingRequest.state == state
    return _listed(session, which, after=after, limit=limit)


def _listed(
    session: Session, which: ColumnElement[bool], *, after: UUID | None, limit: int
) -> list[BindingRequest]:
    query = select(BindingRequest).where(which).order_by(BindingRequest.id.desc()).limit(limit)
    if after is not None:
        query = query.where(BindingRequest.id < after)
    return list(session.scalars(query))


def request_in_scope(session: Session, actor: Actor, request_id: UUID) -> BindingRequest:
    """Give one request of the actor's communities. Raises NotFoundError."""
    which = (BindingRequest.id == request_id, _reach(actor).clause(BindingRequest.area_code))
    found = session.scalars(select(BindingRequest).where(*which)).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def _reach(actor: Actor) -> Scope:
    """Give the areas of the actor without his own household, which decides nothing here."""
    return Scope(areas=actor.scope.areas)


def _to_decide(
    session: Session, actor: Actor, request_id: UUID, *, beside: Collection[UUID] = ()
) -> tuple[BindingRequest, User]:
    """Give a request of somebody else and the one who asks, both locked, he first, with these accounts."""
    row = request_in_scope(session, actor, request_id)
    if actor.user_id in {row.user_id, row.let_in_by}:
        raise OwnRequestError
    user = lock_fully(session, row.user_id, beside=User.id.in_([*beside, actor.user_id]))
    assert user is not None, "a foreign key"
    session.refresh(row, with_for_update=True)
    return row, user


def _locked(session: Session, *which: ColumnElement[bool]) -> BindingRequest:
    row = session.scalars(
        select(BindingRequest).where(*which).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def _is_decided(row: BindingRequest, actor: Actor, to: BindingRequestState, *, same: bool) -> bool:
    """Say whether this decision was made, with the same content and by the same person; False if none was.

    Raises IllegalStepError if another one was made.
    """
    if row.state is BindingRequestState.OPEN:
        return False
    if same and (row.state, row.decided_by) == (to, actor.user_id):
        return True
    raise IllegalStepError(now=row.state, asked=to)


def _decide(session: Session, actor: Actor, row: BindingRequest, to: BindingRequestState) -> None:
    row.advance(to)
    row.decided_by, row.decided_at = actor.user_id, now()
    session.flush()
    _tell(session, row, row.user_id, to)


def _tell(session: Session, row: BindingRequest, to: UUID, what: str) -> None:
    post(session, NoticeKind.BINDING, to=to, area_code=row.area_code, what=what, request_id=row.id)
