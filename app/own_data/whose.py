"""Whose data somebody asks about: his own, or his ward's."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import NotFoundError
from app.models import Resident, User
from app.own_data.kinds import Whose
from app.people import is_minor, ward


def resident_meant(session: Session, actor: Actor, resident_id: UUID | None) -> Resident:
    """Give the actor's own place on the roster, or his ward's.

    Raises NotFoundError for who has none, and for somebody else's child.
    """
    if actor.resident_id is None:
        raise NotFoundError(field="resident_id")
    if resident_id in {None, actor.resident_id}:
        return session.get_one(Resident, actor.resident_id)
    assert resident_id is not None, "it is somebody else's"
    return ward(session, actor.resident_id, resident_id)


def whose_data(session: Session, user_id: UUID, ward_id: UUID | None) -> Whose:
    """Say under which ids a user, or his ward, is known.

    Raises NotFoundError where there is no guardianship in force.
    """
    user = session.get_one(User, user_id)
    if ward_id is not None:
        return whose_resident(session, ward(session, user.resident_id, ward_id))
    resident = session.get(Resident, user.resident_id) if user.resident_id else None
    return known_as(session, user.id, resident)


def whose_resident(session: Session, resident: Resident) -> Whose:
    """Say under which ids a resident is known."""
    user_id = session.scalars(select(User.id).where(User.resident_id == resident.id)).one_or_none()
    return known_as(session, user_id, resident)


def speaks_for(session: Session, user_id: UUID, resident_id: UUID) -> bool:
    """Say whether a user is bound to this resident now, or is his guardian."""
    user = session.get_one(User, user_id, populate_existing=True)
    if user.resident_id == resident_id:
        return True
    try:
        ward(session, user.resident_id, resident_id)
    except NotFoundError:
        return False
    return True


def known_as(session: Session, user_id: UUID | None, resident: Resident | None) -> Whose:
    """Give the ids of an account and of a place on the roster, either of which may lack."""
    same = select(Resident.id).where(Resident.same_as_id == (resident.id if resident else None))
    duplicates = session.scalars(same) if resident else ()
    return Whose(
        user_id=user_id,
        resident_id=resident.id if resident else None,
        household_id=resident.household_id if resident else None,
        is_minor=resident is not None and is_minor(resident),
        duplicates=frozenset(duplicates),
    )
