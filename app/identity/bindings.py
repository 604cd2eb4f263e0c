"""Bindings: a user becomes a resident of the roster, and is one until he leaves or staff end it.

``users.resident_id`` is the binding in force, which each request reads; ``bindings`` keeps them all. Both are
written here alone. One user, one resident: the database decides, and nobody is taken over.
"""

from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from app.actors import Actor
from app.clock import now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError, OtherContentError
from app.identity.children import shut_out_child
from app.identity.proxies import end_proxies_of, other_sides
from app.ids import new_id
from app.models import (
    FROZEN_TOO,
    NOT_HIM,
    Binding,
    BindingEnd,
    BindingWay,
    Grant,
    NoticeKind,
    ProxyEnd,
    Resident,
    User,
)
from app.notices import post
from app.people import agreed_for, lock_account, withdraw_of

BY_HIMSELF = frozenset({BindingEnd.LEFT, BindingEnd.MOVED_AWAY})
"""The reasons for which a user may end his own binding."""

BY_OTHERS = frozenset({BindingWay.REQUEST, BindingWay.STAFF})
"""The ways of being bound in which a member of staff looked at who it is."""

NAME_BEFORE_BINDING = "微信用户"
"""Of an account that WeChat made: it tells no names."""


class AlreadyBoundError(DomainError):
    """The user is another resident already; he leaves that one first."""

    code = "already_bound"
    kind = Kind.CONFLICT


class ResidentTakenError(DomainError):
    """The resident is bound to another user; nobody is taken over."""

    code = "resident_taken"
    kind = Kind.CONFLICT


def resident_locked(session: Session, resident_id: UUID) -> Resident | None:
    """Give a resident, locked: whoever binds to him takes his turn here before any unique key is touched."""
    return session.get(Resident, resident_id, with_for_update=True, populate_existing=True)


def user_locked(session: Session, user_id: UUID) -> User:
    """Give a user, locked; taken before a resident."""
    return session.get_one(User, user_id, with_for_update=True, populate_existing=True)


def open_binding(session: Session, user_id: UUID) -> Binding | None:
    """Give the binding in force of a user."""
    which = (Binding.user_id == user_id, Binding.ended_at.is_(None))
    return session.scalars(
        select(Binding).where(*which).execution_options(populate_existing=True)
    ).one_or_none()


def made_binding(session: Session, user: User, binding_id: UUID, way: BindingWay) -> Binding | None:
    """Give the binding that a locked user made under this id, though it ended since.

    Raises OtherContentError if he made it in another way, or somebody else did.
    """
    first = session.get(Binding, binding_id, populate_existing=True)
    if first is not None and (first.user_id, first.way) != (user.id, way):
        raise OtherContentError(id=binding_id)
    return first


def bind(
    session: Session,
    user: User,
    resident: Resident,
    way: BindingWay,
    *,
    by: UUID | None,
    binding_id: UUID | None = None,
) -> Binding:
    """Bind a locked user to a locked resident; again gives the binding there is.

    A user who shows himself who he is, and has no role, takes the resident's name and area. An id that the
    user made is asked for in ``made_binding`` first.

    Raises AlreadyBoundError, ResidentTakenError.
    """
    present = open_binding(session, user.id)
    if present is not None:
        if present.resident_id == resident.id:
            return present
        raise AlreadyBoundError
    made = session.scalars(
        insert(Binding)
        .values(
            id=binding_id or new_id(),
            area_code=resident.area_code,
            user_id=user.id,
            resident_id=resident.id,
            way=way,
            begun_at=now(),
            begun_by=by,
            end_note="",
        )
        .on_conflict_do_nothing()
        .returning(Binding)
    ).one_or_none()
    if made is None:
        raise ResidentTakenError(field="resident_id")
    user.resident_id = resident.id
    has_role = select(exists().where(Grant.user_id == user.id, Grant.ended_at.is_(None)))
    if way is not BindingWay.STAFF and not session.scalar(has_role):
        user.area_code, user.name = resident.area_code, resident.name
    session.flush()
    return made


def was_not_him(session: Session, user: User, resident: Resident) -> bool:
    """Say whether staff ended a binding of the two as a mistake or in dispute, and bound them by none since.

    What a user shows of himself outweighs their word no more: it had let him in before.
    """
    later = aliased(Binding)
    looked_at_since = exists().where(
        later.user_id == Binding.user_id,
        later.resident_id == Binding.resident_id,
        later.way.in_(BY_OTHERS),
        later.begun_at >= Binding.ended_at,
    )
    which = (Binding.user_id == user.id, Binding.resident_id == resident.id)
    ended = exists().where(*which, Binding.end_reason.in_(NOT_HIM), ~looked_at_since)
    return bool(session.scalar(select(ended)))


def follow_name(session: Session, resident: Resident, former: str) -> None:
    """Let the account of a resident whose name was put right have the new one, if it had the one before."""
    user = session.scalars(
        select(User)
        .where(User.resident_id == resident.id, User.name == former)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if user is not None:
        user.name = resident.name


def leave(session: Session, actor: Actor, binding_id: UUID, reason: BindingEnd) -> Binding:
    """End a binding of the actor's own; the same again changes nothing.

    Raises NotFoundError, IllegalStepError if it ended otherwise.
    """
    assert actor.user_id is not None, "a view for signed-in people"
    assert reason in BY_HIMSELF, "the form takes no other"
    found = session.scalars(
        select(Binding).where(Binding.id == binding_id, Binding.user_id == actor.user_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError
    user = _user_of(session, found, by=None)
    return _ended(session, user, found, by=user.id, reason=reason, note="")[0]


def end_binding(
    session: Session, actor: Actor, binding_id: UUID, *, reason: BindingEnd, note: str
) -> Binding:
    """End a binding of the actor's areas, and tell the user; the same again changes nothing.

    Where he was somebody else, he loses the name that came with it, and what he agreed to for the resident
    and the resident's wards is taken back: it was never theirs. That can also be said of a binding that ended
    for another reason before: nobody keeps what was not his by leaving first.

    Raises NotFoundError, IllegalStepError if it ended otherwise.
    """
    found = session.scalars(
        select(Binding).where(Binding.id == binding_id, actor.scope.clause(Binding.area_code))
    ).one_or_none()
    if found is None:
        raise NotFoundError
    user = _user_of(session, found, by=actor.user_id)
    over = found.end_reason is not None and found.end_reason not in NOT_HIM
    if over and reason in NOT_HIM:
        found.ended_by, found.end_reason, found.end_note = actor.user_id, reason, note
        ended, is_new = found, True
    else:
        ended, is_new = _ended(session, user, found, by=actor.user_id, reason=reason, note=note)
    if is_new and reason in NOT_HIM:
        _disown(session, user, ended, by=actor.user_id)
    if is_new:
        post(
            session,
            NoticeKind.BINDING,
            to=user.id,
            area_code=ended.area_code,
            what="ended",
            binding_id=ended.id,
            reason=reason,
        )
    return ended


def end_again(session: Session, binding_id: UUID, *, reason: BindingEnd, by: UUID | None) -> bool:
    """End a binding that had ended before an older backup was restored; say whether that changes anything.

    Nobody is told again, and nothing is known of who ended it but what is given here. A frozen one is meant
    as well.
    """
    query = select(Binding).where(Binding.id == binding_id)
    found = session.scalars(query, execution_options={FROZEN_TOO: True}).one_or_none()
    if found is None:
        return False
    user = _user_of(session, found, by=by)
    if (found.end_reason is reason) or (found.ended_at is not None and reason not in NOT_HIM):
        return False
    if found.ended_at is None:
        _ended(session, user, found, by=by, reason=reason, note="")
    else:
        found.ended_by, found.end_reason = by, reason
    if reason in NOT_HIM:
        _disown(session, user, found, by=by)
    return True


def _user_of(session: Session, found: Binding, *, by: UUID | None) -> User:
    """Give whose binding it is, locked before it, and beside him whoever its end concerns.

    These are who ends it, who is told, and for whom he agreed: a child's account may be shut by it.
    """
    agreed = User.resident_id.in_(agreed_for(found.resident_id, recorded_by=found.user_id))
    beside = or_(other_sides(found.user_id, found.resident_id), agreed, User.id == by)
    user = lock_account(session, found.user_id, beside=beside)
    assert user is not None, "a foreign key"
    session.refresh(found, with_for_update=True)
    return user


def _disown(session: Session, user: User, ended: Binding, *, by: UUID | None) -> None:
    """Take from a user what he had, and did, as a resident whom he is not."""
    assert ended.ended_at is not None, "it has just ended, or had before"
    resident = session.get_one(Resident, ended.resident_id)
    is_nobody = user.resident_id is None  # he may be somebody by now, who has the same name
    if is_nobody and ended.way is not BindingWay.STAFF and user.name == resident.name:
        user.name = NAME_BEFORE_BINDING
    span = (ended.begun_at, ended.ended_at)
    concerned = withdraw_of(session, resident.id, recorded_by=user.id, within=span, by=by)
    for resident_id in sorted(concerned):
        shut_out_child(session, resident_id)


def end_for_good(session: Session, user: User) -> None:
    """End the binding of a locked user who closes his account, if he has one."""
    present = open_binding(session, user.id)
    if present is not None:
        _ended(session, user, present, by=user.id, reason=BindingEnd.LEFT, note="")
    user.resident_id = None


def _ended(
    session: Session, user: User, binding: Binding, *, by: UUID | None, reason: BindingEnd, note: str
) -> tuple[Binding, bool]:
    """End a locked binding of a locked user; say whether it is news. Raises IllegalStepError."""
    if binding.ended_at is not None:
        if (binding.ended_by, binding.end_reason, binding.end_note) == (by, reason, note):
            return binding, False
        raise IllegalStepError(now="ended", asked="end")
    binding.ended_at, binding.ended_by = now(), by
    binding.end_reason, binding.end_note = reason, note
    user.resident_id = None
    session.flush()
    end_proxies_of(session, ProxyEnd.BINDING, by=by, user_id=user.id, resident_id=binding.resident_id)
    return binding, True


def bindings(
    session: Session,
    actor: Actor,
    *,
    resident_id: UUID | None = None,
    user_id: UUID | None = None,
    after: UUID | None,
    limit: int,
) -> list[Binding]:
    """List bindings of the actor's areas, the newest first."""
    query = (
        select(Binding).where(actor.scope.clause(Binding.area_code)).order_by(Binding.id.desc()).limit(limit)
    )
    if resident_id is not None:
        query = query.where(Binding.resident_id == resident_id)
    if user_id is not None:
        query = query.where(Binding.user_id == user_id)
    if after is not None:
        query = query.where(Binding.id < after)
    return list(session.scalars(query))
