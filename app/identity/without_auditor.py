"""An area that lost its last auditor: nobody reads there what the others do, and they are told so.

Who ends an auditor's grant or account needs nobody else for it, since it may have to go at once. To make
another auditor takes two persons (docs/adr/0012).
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.identity.holders import holders
from app.identity.officers import OFFICERS
from app.models import Grant, NoticeKind
from app.notices import post

_TOLD = OFFICERS | {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}


def audited_by(session: Session, user_id: UUID) -> list[str]:
    """List the areas that somebody audits, by grants that are neither ended nor over."""
    lasting = or_(Grant.valid_until.is_(None), Grant.valid_until > now())
    held = (Grant.user_id == user_id, Grant.role == Role.AUDITOR, Grant.ended_at.is_(None), lasting)
    return list(session.scalars(select(Grant.area_code).where(*held).distinct()))


def told_of(session: Session, areas: Iterable[str]) -> set[UUID]:
    """Give whom ``tell_without_auditor`` would tell of these areas: locked before whoever is ended."""
    return {user_id for area_code in areas for user_id in holders(session, area_code, _TOLD)}


def tell_without_auditor(session: Session, areas: Iterable[str]) -> None:
    """Tell officers and other administrators over each of these areas that has no auditor any more."""
    for area_code in areas:
        if holders(session, area_code, {Role.AUDITOR}):
            continue
        for user_id in sorted(told_of(session, [area_code])):
            post(session, NoticeKind.ACCOUNT_ALERT, to=user_id, area_code=area_code, what="no_auditor")
