"""Two people who prove themselves side by side, for what is done at the machine and not through the API."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Role
from app.audit import area_of
from app.identity.holders import holders
from app.identity.officers import OFFICERS
from app.identity.phones import has_phone
from app.identity.second_factor import prove_code
from app.models import Area, AreaLevel, User
from app.sealing import Sealer

_FIRST = frozenset({Role.AUDITOR})
OFFICER = OFFICERS
OFFICER_OR_SYSTEM = OFFICERS | {Role.SYSTEM_ADMIN}
"""Who may be the second."""


@dataclass(frozen=True)
class Shown:
    """What somebody shows of himself: his phone, and the code of his authenticator app."""

    phone: str
    code: str


def everything(session: Session) -> str | None:
    """Give the smallest area that holds every community here; None where there is none."""
    return area_of(session.scalars(select(Area.code).where(Area.level == AreaLevel.COMMUNITY)).all())


def prove_two(
    session: Session,
    sealer: Sealer,
    key: bytes,
    auditor: Shown,
    second: Shown,
    *,
    over: str | None,
    second_roles: frozenset[Role] = OFFICER,
) -> tuple[UUID, UUID] | None:
    """Give an auditor and a second person over an area, or None if either is not who he says.

    Both are tried, and what it writes must be kept whatever the answer: wrong codes count.
    """
    found = [
        _prove(session, sealer, key, shown, over, roles)
        for shown, roles in ((auditor, _FIRST), (second, second_roles))
    ]
    first, other = found
    return (first, other) if first is not None and other is not None and first != other else None


def _prove(
    session: Session, sealer: Sealer, key: bytes, shown: Shown, area_code: str | None, roles: frozenset[Role]
) -> UUID | None:
    user_id = session.scalar(select(User.id).where(has_phone(sealer, shown.phone)))
    if user_id is None or not prove_code(session, sealer, key, user_id, shown.code):
        return None
    held = area_code is not None and holders(session, area_code, roles, among={user_id})
    return user_id if held else None
