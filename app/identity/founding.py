"""The first three administrators, invited by a command: no installation has a default account.

And another security administrator where the last one went: he alone grants roles, also that of his successor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.identity.grantable import fits
from app.identity.holders import holders
from app.identity.invitations import write_invitation
from app.identity.phones import has_phone, sealed_phone
from app.identity.watched_posts import tell_of_grant, watchers
from app.ids import new_id
from app.models import Area, Grant, User
from app.once import content_hash
from app.places import AreaUnknownError
from app.sealing import Sealer

ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)


class FoundingError(Exception):
    """There are such administrators, the area is a grid, or a phone is taken; in the operator's words."""


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
    _check_area(session, area_code)
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
        (role, one, _invited(session, sealer, area_code, role, one)[1])
        for role, one in zip(ROLES, three, strict=True)
    ]


def check_another(session: Session, sealer: Sealer, area_code: str, new: NewAdministrator) -> None:
    """Refuse where somebody grants roles over an area, and a phone that is somebody's.

    Raises FoundingError, AreaUnknownError.
    """
    _check_area(session, area_code)
    if holders(session, area_code, {Role.SECURITY_ADMIN}):
        message = f"{area_code} has a security administrator: he grants roles. Nothing was done."
        raise FoundingError(message)
    if session.scalar(select(User.id).where(has_phone(sealer, new.phone))):
        message = "That phone number is somebody's: he needs one that no account has. Nothing was done."
        raise FoundingError(message)


def found_security_admin(
    session: Session, sealer: Sealer, *, area_code: str, new: NewAdministrator
) -> tuple[UUID, str]:
    """Make a security administrator of an area that has none; give his account, and his invitation this once.

    The other administrators and the officers over the area are told. Raises as ``check_another``.
    """
    check_another(session, sealer, area_code, new)
    given, token = _invited(session, sealer, area_code, Role.SECURITY_ADMIN, new)
    tell_of_grant(session, given, watchers(session, [(given.role, area_code)]))
    return given.user_id, token


def _check_area(session: Session, area_code: str) -> None:
    """Raise AreaUnknownError, or FoundingError for a grid."""
    if session.get(Area, area_code) is None:
        raise AreaUnknownError(field="area_code")
    if not all(fits(role, area_code) for role in ROLES):
        message = (
            "The three are responsible for a community or an area above it, not a grid. Nothing was done."
        )
        raise FoundingError(message)


def _invited(
    session: Session, sealer: Sealer, area_code: str, role: Role, one: NewAdministrator
) -> tuple[Grant, str]:
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
    return given, token
