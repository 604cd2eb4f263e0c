"""The second person: high-risk steps are asked for, agreed to by somebody else, and done once.

Whoever asks holds the function himself, and keeps to what he asked: the approval is bound to the hash of its
payload. Who decides is another person with another role over the same area (GB/T 22239-2019 8.1.4.2 d); of a
minor's age also one with the same role, as of a viewing ticket (``minor_ages``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.actors import Actor, Role, Scope
from app.clock import now
from app.errors import DomainError, ForbiddenError, IllegalStepError, Kind, NotFoundError
from app.identity import minor_ages
from app.identity.grantable import OwnGrantError, check_disjoint, check_level, check_not_given, check_room
from app.identity.holders import holders
from app.identity.officers import OFFICERS
from app.identity.permissions import Permission, scope_of
from app.models import Approval, ApprovalKind, ApprovalState, Area, NoticeKind, User
from app.notices import post
from app.once import content_hash, insert_once, made_before
from app.people import check_account_elsewhere, check_other_household, lock_accounts
from app.places import AreaUnknownError

LIFE = timedelta(hours=72)
"""How long an approval may be decided on and used, from the moment it was asked for."""
FUNCTION = {
    ApprovalKind.ADMIN_GRANT: Permission.GRANT_WRITE,
    ApprovalKind.POINTS_BULK: Permission.POINTS_ADJUST,
    ApprovalKind.ROSTER_EXPORT: Permission.ROSTER_EXPORT,
    ApprovalKind.HAZARD_EXPORT: Permission.HAZARD_EXPORT,
    ApprovalKind.MINOR_AGE: Permission.CORRECTION_DECIDE,
    ApprovalKind.POLICY_SWITCH: Permission.POLICY_SET,
}
"""The function that the approval is for; who asks must hold it."""
DECIDERS = {
    ApprovalKind.ADMIN_GRANT: OFFICERS,
    ApprovalKind.POINTS_BULK: frozenset({Role.COUNTY_OFFICER}),
    ApprovalKind.ROSTER_EXPORT: frozenset({Role.COUNTY_OFFICER}),
    ApprovalKind.HAZARD_EXPORT: OFFICERS,
    ApprovalKind.MINOR_AGE: frozenset({Role.COMMUNITY_ADMIN}) | OFFICERS,
    ApprovalKind.POLICY_SWITCH: OFFICERS,
}
"""The roles that decide; but for a minor's age none of them holds the function itself."""


class ApprovalNeededError(DomainError):
    """The step needs an approval by somebody else, and none was named."""

    code = "approval_needed"
    kind = Kind.CONFLICT


class ApprovalUnfitError(DomainError):
    """The approval was given for something else."""

    code = "approval_unfit"
    kind = Kind.CONFLICT


class ApprovalNotGivenError(DomainError):
    """The approval has not been decided on yet, or was refused."""

    code = "approval_not_given"
    kind = Kind.CONFLICT


class ApprovalUsedError(DomainError):
    """The approval has been used: it is good for once."""

    code = "approval_used"
    kind = Kind.CONFLICT


class ApprovalExpiredError(DomainError):
    """The approval was asked for more than 72 hours ago."""

    code = "approval_expired"
    kind = Kind.CONFLICT


class OwnApprovalError(DomainError):
    """Nobody decides on what he asked for himself, nor on a role that he would get, nor on his own wish."""

    code = "own_approval"
    kind = Kind.FORBIDDEN


class SameRoleError(DomainError):
    """Who asked holds the role by which the actor would decide: somebody of another one decides."""

    code = "same_role"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class NewApproval:
    """What it takes to ask: what is to be done, where, to the letter, and why; ``check`` may refuse it."""

    kind: ApprovalKind
    area_code: str
    payload: Mapping[str, Any]
    reason: str
    check: Callable[[], None] = lambda: None


def ask_approval(
    session: Session, actor: Actor, approval_id: UUID, new: NewApproval
) -> tuple[Approval, bool]:
    """Ask a second person; whoever may decide is told. What the payload names is looked at when it is done.

    Of a grant, what would be refused whoever agrees is refused now: one's own or a housemate's, a role at
    another level of area, and a second one of the three.

    Raises ForbiddenError (the function is not the actor's), NotFoundError (the area is not within its reach),
    AreaUnknownError, OwnGrantError, OwnHouseholdError, AreaLevelError, RolesExcludeError, GrantsFullError,
    OtherContentError, what ``new.check`` raises, and of a minor's age what ``minor_ages.check_asked`` does.
    """
    sent = content_hash(actor.user_id, new.kind, new.area_code, dict(new.payload), new.reason)
    first = made_before(session, Approval, approval_id, sent, author=Approval.asked_by, by=actor.user_id)
    if first is not None:
        return first, False
    reach = scope_of(actor, FUNCTION[new.kind])
    if reach is None:
        raise ForbiddenError
    if not reach.covers(new.area_code):
        raise NotFoundError(field="area_code")
    if session.get(Area, new.area_code) is None:
        raise AreaUnknownError(field="area_code")
    new.check()
    if actor.user_id == _gets_by(new.kind, new.payload):
        raise OwnGrantError
    if new.kind is ApprovalKind.ADMIN_GRANT:
        _check_grant(session, actor, reach, new)
    if new.kind is ApprovalKind.MINOR_AGE:
        minor_ages.check_asked(session, actor, new.area_code, new.payload)
    row, made = insert_once(
        session,
        Approval,
        approval_id,
        sent,
        kind=new.kind,
        area_code=new.area_code,
        payload=dict(new.payload),
        payload_hash=content_hash(dict(new.payload)),
        reason=new.reason,
        asked_by=actor.user_id,
        asked_at=now(),
        expires_at=now() + LIFE,
    )
    if made:
        for decider in sorted(_deciders_told(session, row)):
            _tell(session, row, decider, "asked")
    return row, made


def _deciders_told(session: Session, row: Approval) -> set[UUID]:
    """Give who hears that something waits: whoever may decide, but of a minor's age the nearest of them."""
    if row.kind is ApprovalKind.MINOR_AGE:
        return minor_ages.deciders_told(session, row)
    return holders(session, row.area_code, DECIDERS[row.kind]) - {row.asked_by}


def _check_grant(session: Session, actor: Actor, reach: Scope, new: NewApproval) -> None:
    """Refuse a grant that could not be given. Of an account outside the asker's reach nothing is told."""
    role, user_id = Role(new.payload["role"]), UUID(new.payload["user_id"])
    check_level(role, new.area_code)
    known = select(User.id).where(User.id == user_id, reach.clause(User.area_code))
    if session.scalar(known) is not None:
        grant_id = UUID(new.payload["id"])
        check_account_elsewhere(session, actor, user_id)
        span = (_moment(new.payload["valid_from"]), _moment(new.payload["valid_until"]))
        check_not_given(session, (user_id, role, new.area_code), *span, but=grant_id)
        check_disjoint(session, grant_id, user_id, role)
        check_room(session, user_id)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def approvals(
    session: Session, actor: Actor, *, state: ApprovalState | None = None, after: UUID | None, limit: int
) -> list[Approval]:
    """List what the actor asked for and what he may decide on, the newest first, on request of one state.

    What was not decided or not used in time is of no state any more.
    """
    query = select(Approval).where(_visible(actor)).order_by(Approval.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Approval.state == state)
    if state in {ApprovalState.OPEN, ApprovalState.APPROVED}:
        query = query.where(Approval.expires_at > now())
    if after is not None:
        query = query.where(Approval.id < after)
    return list(session.scalars(query))


def approval_in_scope(session: Session, actor: Actor, approval_id: UUID) -> Approval:
    """Give one approval that the actor asked for or may decide on. Raises NotFoundError."""
    found = session.scalars(select(Approval).where(Approval.id == approval_id, _visible(actor))).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def decide_approval(
    session: Session, actor: Actor, approval_id: UUID, *, approved: bool, note: str
) -> Approval:
    """Agree or refuse, and tell who asked; the same decision again by the same person changes nothing.

    Raises NotFoundError, OwnApprovalError, SameRoleError, OwnHouseholdError if points are his own
    household's, or a role is for somebody with whom he lives, ApprovalExpiredError, IllegalStepError.
    """
    which = (Approval.id == approval_id, _visible(actor))
    lock_accounts(session, (User.id == actor.user_id) | User.id.in_(select(Approval.asked_by).where(*which)))
    found = _locked(session, *which)
    if found is None:
        raise NotFoundError
    gets = _gets_by(found.kind, found.payload)
    barred = {found.asked_by, gets}
    if actor.user_id in barred | minor_ages.requested_by(session, found.payload):
        raise OwnApprovalError
    to = ApprovalState.APPROVED if approved else ApprovalState.REFUSED
    if found.decided_by is not None:
        stands = ApprovalState.APPROVED if found.used_at else found.state
        if (found.decided_by, stands, found.decision_note) == (actor.user_id, to, note):
            return found
        raise IllegalStepError(now=found.state, asked=to)
    _check_other_role(session, actor, found)
    if found.kind is ApprovalKind.POINTS_BULK:
        check_other_household(actor, *(UUID(item["household_id"]) for item in found.payload["items"]))
    if gets is not None:
        check_account_elsewhere(session, actor, gets)
    if found.expires_at <= now():
        raise ApprovalExpiredError
    found.advance(to)
    found.decided_by, found.decided_at, found.decision_note = actor.user_id, now(), note
    _tell(session, found, found.asked_by, to)
    return found


def use_approval(
    session: Session,
    actor: Actor,
    approval_id: UUID | None,
    kind: ApprovalKind,
    payload: Mapping[str, Any],
    *,
    again: bool = False,
) -> UUID:
    """Use up an approval for exactly what it was given for; give who agreed.

    ``again`` lets a used one pass: for steps whose payload holds the ids that make them happen once.

    Raises ApprovalNeededError, NotFoundError (there is none, or somebody else asked for it),
    ApprovalUnfitError, ApprovalNotGivenError, ApprovalUsedError, ApprovalExpiredError.
    """
    if approval_id is None:
        raise ApprovalNeededError(field="approval_id")
    found = _locked(session, Approval.id == approval_id, Approval.asked_by == actor.user_id)
    if found is None:
        raise NotFoundError(field="approval_id")
    if found.kind is not kind or found.payload_hash != content_hash(dict(payload)):
        raise ApprovalUnfitError(field="approval_id")
    if found.state in {ApprovalState.OPEN, ApprovalState.REFUSED}:
        expired = found.state is ApprovalState.OPEN and found.expires_at <= now()
        raise ApprovalExpiredError if expired else ApprovalNotGivenError
    assert found.decided_by is not None, "the table's own constraint"
    if found.state is ApprovalState.USED:
        if again:
            return found.decided_by
        raise ApprovalUsedError
    if found.expires_at <= now():
        raise ApprovalExpiredError
    found.advance(ApprovalState.USED)
    found.used_at = now()
    return found.decided_by


def _check_other_role(session: Session, actor: Actor, row: Approval) -> None:
    """Refuse who has no deciding role that the asker lacks, where both offices ask, too."""
    mine = {held.role for held in actor.held if row.area_code.startswith(held.area_code)}
    deciding = mine & DECIDERS[row.kind] if row.kind is ApprovalKind.HAZARD_EXPORT else set()
    his = {role for role in deciding if holders(session, row.area_code, {role}, among={row.asked_by})}
    if deciding and deciding == his:
        raise SameRoleError


def _gets_by(kind: ApprovalKind, payload: Mapping[str, Any]) -> UUID | None:
    """Give whom a grant would be given to."""
    return UUID(payload["user_id"]) if kind is ApprovalKind.ADMIN_GRANT else None


def _tell(session: Session, row: Approval, to: UUID, what: str) -> None:
    """Write that a step waits for somebody, or was decided on; not what it is."""
    post(session, NoticeKind.APPROVAL, to=to, area_code=row.area_code, what=what, approval_id=row.id)


def _locked(session: Session, *which: ColumnElement[bool]) -> Approval | None:
    query = select(Approval).where(*which).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL that the actor asked for it, or holds a role that decides on it, over its area."""
    terms = [Approval.asked_by == actor.user_id]
    for kind, roles in DECIDERS.items():
        reach = Scope(areas=tuple(held.area_code for held in actor.held if held.role in roles))
        decides = and_(Approval.kind == kind, reach.clause(Approval.area_code))
        if kind is ApprovalKind.MINOR_AGE:
            decides &= minor_ages.is_elsewhere(actor)
        terms.append(decides)
    return or_(*terms)
