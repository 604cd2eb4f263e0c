"""Which role may be granted where, and which roles one person may not have together (docs/adr/0012).

Looked at when a grant is given, and already when a second person is asked to agree to it, so that nobody is
asked for what would be refused.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.errors import DomainError, Kind
from app.models import DIGITS, AreaLevel, Grant

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
"""They exclude each other (三员分立), and each is granted only after a second person agreed."""
_SITE_AND_BELOW = frozenset({AreaLevel.COMMUNITY, AreaLevel.GRID})
_SITE_AND_ABOVE = frozenset({AreaLevel.CITY, AreaLevel.COUNTY, AreaLevel.TOWNSHIP, AreaLevel.COMMUNITY})
LEVELS: Mapping[Role, frozenset[AreaLevel]] = {
    Role.BUILDING_LEAD: _SITE_AND_BELOW,
    Role.GRID_WORKER: _SITE_AND_BELOW,
    Role.SHOP_CLERK: frozenset({AreaLevel.COMMUNITY}),
    Role.COMMUNITY_ADMIN: frozenset({AreaLevel.COMMUNITY}),
    Role.COUNTY_OFFICER: frozenset({AreaLevel.COUNTY}),
    Role.CITY_OFFICER: frozenset({AreaLevel.CITY}),
    **dict.fromkeys(sorted(ADMINISTRATORS), _SITE_AND_ABOVE),
}
"""The levels of area at which each role may be granted; ``resident`` is not granted (docs/domain.md, area).

A role of the site over a city would read every site's households with nobody else asked (S-38). A small site
has no grids: its worker and its lead have the community.
"""


MOST_GRANTS = 100
"""How often an account is granted a role at most, so that what is shown of it stays bounded."""


class OwnGrantError(DomainError):
    """Nobody changes his own grants, and nobody asks a second person for one of his own."""

    code = "own_grant"
    kind = Kind.FORBIDDEN


class AreaLevelError(DomainError):
    """The role is not granted in an area of this level."""

    code = "area_level"
    kind = Kind.INVALID


class RolesExcludeError(DomainError):
    """System, security and audit administration exclude each other (三员分立), an auditor all others."""

    code = "roles_exclude"
    kind = Kind.CONFLICT


class GrantsFullError(DomainError):
    """The account was granted as many roles as one may be, ended ones too (data: ``most``)."""

    code = "grants_full"
    kind = Kind.CONFLICT


class GrantOpenError(DomainError):
    """The account has this role in this area in that time: the next begins after, or that one ends."""

    code = "grant_open"
    kind = Kind.CONFLICT


def fits(role: Role, area_code: str) -> bool:
    """Say whether a role may be granted in an area, by the length of its code."""
    return len(area_code) in {DIGITS[level] for level in LEVELS.get(role, ())}


def check_level(role: Role, area_code: str) -> None:
    """Refuse a role in an area of another level than it is granted at. Raises AreaLevelError."""
    if not fits(role, area_code):
        raise AreaLevelError(field="area_code")


def check_not_given(
    session: Session,
    new: tuple[UUID, Role, str],
    begins: datetime | None,
    ends: datetime | None,
    *,
    but: UUID,
) -> None:
    """Refuse to give (user, role, area) twice for the same time: one ended would leave the other in force.

    Without ``begins`` it begins now, without ``ends`` it lasts. Terms may follow each other. Raises
    GrantOpenError.
    """
    user_id, role, area_code = new
    query = select(Grant.id).where(
        Grant.user_id == user_id,
        Grant.role == role,
        Grant.area_code == area_code,
        Grant.id != but,
        Grant.ended_at.is_(None),
        Grant.valid_until.is_(None) | (Grant.valid_until > max(begins or now(), now())),
        (Grant.valid_from < ends) if ends is not None else true(),
    )
    if session.scalars(query.limit(1)).first() is not None:
        raise GrantOpenError(field="role")


def check_disjoint(session: Session, grant_id: UUID, user_id: UUID, role: Role) -> None:
    """Refuse a second one of the three to whoever has another, and an auditor any other role, now or later.

    Whoever audits and writes would read the trail of what he did himself. Raises RolesExcludeError.
    """
    others = session.scalars(
        select(Grant.role).where(
            Grant.user_id == user_id,
            Grant.id != grant_id,
            Grant.ended_at.is_(None),
            _not_over(),
        )
    )
    if any(_excludes(role, other) for other in others):
        raise RolesExcludeError(field="role")


def _not_over() -> ColumnElement[bool]:
    return Grant.valid_until.is_(None) | (Grant.valid_until > now())


def _excludes(role: Role, other: Role) -> bool:
    if Role.AUDITOR in {role, other}:
        return role is not other
    return role is not other and {role, other} <= ADMINISTRATORS


def check_room(session: Session, user_id: UUID) -> None:
    """Refuse one more grant of whoever was given the most there may be. Raises GrantsFullError."""
    given = session.scalar(select(func.count()).where(Grant.user_id == user_id)) or 0
    if given >= MOST_GRANTS:
        raise GrantsFullError(field="user_id", most=MOST_GRANTS)
