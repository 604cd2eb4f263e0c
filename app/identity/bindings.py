"""Bindings: a user becomes a resident of the roster, and is one until it ends (``binding_ends``).

``users.resident_id`` is the binding in force, which each request reads; ``bindings`` keeps them all. Both are
written here and where it ends. One user, one resident: the database decides, and nobody is taken over.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from app.actors import Actor, community_of
from app.clock import now
from app.errors import DomainError, Kind, OtherContentError
from app.ids import new_id
from app.models import (
    DIGITS,
    NOT_HIM,
    Binding,
    BindingWay,
    Grant,
    Resident,
    User,
)
from app.people import check_lives_here

BY_OTHERS = frozenset({BindingWay.REQUEST, BindingWay.STAFF})
"""The ways of being bound in which a member of staff looked at who it is."""

POST_REMEMBERED = timedelta(days=365)
"""How long a post that ended counts: as long as a binding code is good, and as a home that somebody left."""

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

    Raises AlreadyBoundError, ResidentTakenError, ResidentLeftError.
    """
    present = open_binding(session, user.id)
    if present is not None:
        if present.resident_id == resident.id:
            return present
        raise AlreadyBoundError
    check_lives_here(resident)
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

    What a user shows of himself outweighs their word no more: it had let him in before. Their word is about
    the time of that one binding, whenever it is said: an admin who bound the two after that time looked at
    who the user is then, and what is said of the earlier binding later takes nothing of that back. Whoever
    thinks that he was wrong, too, says so of the binding that he made.

    A roster that was put right since changes nothing by itself: a phone or number that was somebody else's
    leads the user to another resident now, from whom nothing keeps him. To the same one he is bound by an
    admin, who reads the end and its note; numbers that anybody may have asked a worker to write down are no
    such look.
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


def has_post_there(session: Session, user: User, resident: Resident) -> bool:
    """Say whether a user has a post over or within the community of a resident, now or later, or had one.

    What proves who others are he can look up there, and a phone he can write into the roster. So it proves
    nothing of him: an admin looks who he is. What he looked up he knows still when the post has just ended.
    """
    community = community_of(resident.area_code)
    over = [community[:digits] for digits in DIGITS.values() if digits <= len(community)]
    there = Grant.area_code.in_(over) | Grant.area_code.startswith(community)
    end = func.least(Grant.ended_at, Grant.valid_until)
    lasting = end.is_(None) | (end > now() - POST_REMEMBERED)
    return bool(session.scalar(select(exists().where(Grant.user_id == user.id, lasting, there))))


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
