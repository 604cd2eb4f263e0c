"""The first three administrators, invited by a command: no installation has a default account."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.identity.grantable import fits
from app.identity.invitations import write_invitation
from app.identity.phones import has_phone, sealed_phone
from app.ids import new_id
from app.models import Area, Grant, User
from app.once import content_hash
from app.places import AreaUnknownError
from app.sealing import Sealer

ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)


class FoundingError(Exception):
    """There are administrators, the area is a grid, or the three are not three people with own phones."""


@dataclass(frozen=True)
class NewAdministrator:
    """One of the three."""

    phone: str
    name: str


def found(
    session: Session, sealer: Sealer, *, area_code: str, three: Sequence[NewAdministrator]
) -> list[tuple[Role, NewAdministrator, str]]:
    """Make the system, the security administrator and the auditor of an area; give their invitations, once.

    Raises FoundingError, AreaUnknownError.
    """
    if session.get(Area, area_code) is None:
        raise AreaUnknownError(field="area_code")
    if not all(fits(role, area_code) for role in ROLES):
        message = (
            "The three are responsible for a community or an area above it, not a grid. Nothing was done."
        )
        raise FoundingError(message)
    held = (
        select(Grant.id)
        .join(User, User.id == Grant.user_id)
        .where(
            Grant.role.in_(ROLES),
            Grant.ended_at.is_(None),
            or_(Grant.valid_until.is_(None), Grant.valid_until > now()),
            User.disabled_at.is_(None),
        )
    )
    if session.scalars(held.limit(1)).first() is not None:
        message = "There are administrators already: they invite others. Nothing was done."
        raise FoundingError(message)
    phones = {one.phone for one in three}
    taken = [phone for phone in phones if session.scalar(select(User.id).where(has_phone(sealer, phone)))]
    if len(phones) != len(ROLES) or taken:
        message = "Three people are needed, each with a phone number that no account has. Nothing was done."
        raise FoundingError(message)
    return [
        (role, one, _invited(session, sealer, area_code, role, one))
        for role, one in zip(ROLES, three, strict=True)
    ]


def _invited(session: Session, sealer: Sealer, area_code: str, role: Role, one: NewAdministrator) -> str:
    user_id, at = new_id(), now()
    user = User(
        id=user_id,
        area_code=area_code,
        name=one.name,
        content_hash=content_hash(user_id),
        created_at=at,
        **sealed_phone(sealer, user_id, one.phone),
    )
    session.add(user)
    session.flush()
    given = Grant(
        id=new_id(),
        user_id=user_id,
        role=role,
        area_code=area_code,
        valid_from=at,
        content_hash=content_hash(user_id, role),
        created_at=at,
    )
    session.add(given)
    _, token = write_invitation(session, new_id(), user_id, made_by=None)
    assert token is not None, "its id is new"
    return token
