"""How a binding ends: the user leaves, or staff end it; of whoever was not the resident nothing stays.

Each end takes the proxies of both with it. ``bindings`` says how one begins.
"""

from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.errors import IllegalStepError, NotFoundError
from app.identity.bindings import NAME_BEFORE_BINDING, open_binding
from app.identity.children import shut_out_child
from app.identity.guardian_notices import tell_of_death
from app.identity.proxies import end_proxies_of, other_sides
from app.models import (
    FROZEN_TOO,
    NOT_HIM,
    Binding,
    BindingEnd,
    BindingWay,
    Guardianship,
    NoticeKind,
    ProxyEnd,
    Resident,
    User,
)
from app.notices import post
from app.people import (
    agreed_for,
    check_other_household,
    end_guardianships_of,
    end_guardianships_of_child,
    lock_accounts,
    lock_fully,
    resident_locked,
    withdraw_of,
)
from app.retention import was_him

BY_HIMSELF = frozenset({BindingEnd.LEFT, BindingEnd.MOVED_AWAY})
"""The reasons for which a user may end his own binding."""


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
    for another reason before: nobody keeps what was not his by leaving first. So can that the resident died:
    he, or whoever had his phone, may have left first, and nobody else is to come in for him. With a death his
    guardianships end, and what a child has open by his consent alone; who looks after it is told.

    Raises NotFoundError, OwnHouseholdError, IllegalStepError if it ended otherwise.
    """
    found = session.scalars(
        select(Binding).where(Binding.id == binding_id, actor.scope.clause(Binding.area_code))
    ).one_or_none()
    if found is None:
        raise NotFoundError
    user = _user_of(session, found, by=actor.user_id)
    if (found.ended_by, found.end_reason, found.end_note) != (actor.user_id, reason, note):
        check_other_household(actor, session.get_one(Resident, found.resident_id).household_id)
    if _can_be_said_still(session, found, reason):
        _say_still(found, by=actor.user_id, reason=reason, note=note)
        ended, is_new = found, True
    else:
        ended, is_new = _ended(session, user, found, by=actor.user_id, reason=reason, note=note)
    if is_new and reason in NOT_HIM:
        _disown(session, user, ended, by=actor.user_id)
    if is_new and reason is BindingEnd.DECEASED:
        acts = user.id if user.resident_id is None else None  # who is somebody else by now acts as that one
        dead = ended.resident_id
        end_proxies_of(session, ProxyEnd.BINDING, by=actor.user_id, user_id=acts, resident_id=dead)
        for row in _end_guardianships(session, ended.resident_id, by=actor.user_id):
            tell_of_death(session, actor, row)
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


def end_with_residence(session: Session, actor: Actor, resident_id: UUID, *, died: bool) -> None:
    """End what a resident who moved out or died has: his binding with all that goes with it, and his proxies.

    Where he died, all guardianships end, his own and those of which he was the child.
    """
    present = select(Binding).where(Binding.resident_id == resident_id, Binding.ended_at.is_(None))
    before = session.scalars(present).one_or_none()
    user_id = None if before is None else before.user_id
    _lock_accounts_of(session, resident_id, user_id, by=actor.user_id)
    resident_locked(session, resident_id)
    found = session.scalars(present.execution_options(populate_existing=True)).one_or_none()
    reason = BindingEnd.DECEASED if died else BindingEnd.MOVED_AWAY
    if found is not None:
        end_binding(session, actor, found.id, reason=reason, note="")
    else:
        end_proxies_of(session, ProxyEnd.BINDING, by=actor.user_id, resident_id=resident_id)
    if died:
        for row in _end_guardianships(session, resident_id, by=actor.user_id):
            tell_of_death(session, actor, row)
        end_guardianships_of_child(session, resident_id, by=actor.user_id)


def _can_be_said_still(session: Session, found: Binding, reason: BindingEnd) -> bool:
    """Say whether a binding that ended for one reason may be said to have ended for this one.

    That the resident died is said of the last binding to him, as it alone may be in force.
    """
    if found.end_reason is None or found.end_reason in NOT_HIM:
        return False
    if reason is BindingEnd.DECEASED:
        later = Binding.ended_at.is_(None) | ((Binding.ended_at > found.ended_at) & was_him(Binding))
        is_bound = exists().where(Binding.resident_id == found.resident_id, later)
        return found.end_reason in BY_HIMSELF and not session.scalar(select(is_bound))
    return reason in NOT_HIM


def _say_still(found: Binding, *, by: UUID | None, reason: BindingEnd, note: str) -> None:
    """Say of a locked binding that ended why it did; a death counts from now, and so how long data stay."""
    found.ended_by, found.end_reason, found.end_note = by, reason, note
    if reason is BindingEnd.DECEASED:
        found.ended_at = now()


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
    if found.ended_at is None:
        _ended(session, user, found, by=by, reason=reason, note="")
    elif found.end_reason is not reason and _can_be_said_still(session, found, reason):
        _say_still(found, by=by, reason=reason, note=found.end_note)
    else:
        return False
    if reason in NOT_HIM:
        _disown(session, user, found, by=by)
    if reason is BindingEnd.DECEASED:
        _end_guardianships(session, found.resident_id, by=by)
    return True


def _end_guardianships(session: Session, resident_id: UUID, *, by: UUID | None) -> list[Guardianship]:
    """End what somebody who died was as a guardian, and what a child's account rested on; give what ended."""
    rows = end_guardianships_of(session, resident_id, by=by)
    for child_id in sorted({row.child_id for row in rows}):
        shut_out_child(session, child_id)
    return rows


def _user_of(session: Session, found: Binding, *, by: UUID | None) -> User:
    """Give whose binding it is, locked before it, and beside him whoever its end concerns."""
    user = _lock_accounts_of(session, found.resident_id, found.user_id, by=by)
    assert user is not None, "a foreign key"
    session.refresh(found, with_for_update=True)
    return user


def _lock_accounts_of(
    session: Session, resident_id: UUID, user_id: UUID | None, *, by: UUID | None
) -> User | None:
    """Lock the account that is bound to a resident, if there is one, and beside it whoever its end concerns.

    These are who ends it, who is told, for whom he agreed, his wards and their other guardians:
    a child's account may be shut by it.
    """
    wards = select(Guardianship.child_id).where(
        Guardianship.guardian_id == resident_id, Guardianship.ended_at.is_(None)
    )
    guardians = select(Guardianship.guardian_id).where(
        Guardianship.child_id.in_(wards), Guardianship.ended_at.is_(None)
    )
    family = User.resident_id.in_(wards) | User.resident_id.in_(guardians)
    beside = or_(other_sides(user_id, resident_id), family, User.id == by)
    if user_id is None:
        lock_accounts(session, beside)
        return None
    agreed = User.resident_id.in_(agreed_for(resident_id, recorded_by=user_id))
    return lock_fully(session, user_id, beside=or_(beside, agreed))


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
