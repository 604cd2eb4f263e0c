"""An area that lost its last auditor: nobody reads there what the others do, and they are told so.

Who ends an auditor's grant or account needs nobody else for it, since it may have to go at once. To make
another auditor takes two persons (docs/adr/0012).
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Role
from app.identity.holders import holders
from app.identity.officers import OFFICERS
from app.models import Grant, NoticeKind
from app.notices import post

_TOLD = OFFICERS | {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}


def audited_by(session: Session, user_id: UUID) -> list[str]:
    """List the areas that somebody was made auditor of, and still is by his grants."""
    lasting = (Grant.user_id == user_id, Grant.role == Role.AUDITOR, Grant.ended_at.is_(None))
    return list(session.scalars(select(Grant.area_code).where(*lasting)))


def tell_without_auditor(session: Session, areas: Iterable[str]) -> None:
    """Tell officers and other administrators over each of these areas that has no auditor any more."""
    for area_code in areas:
        if holders(session, area_code, {Role.AUDITOR}):
            continue
        for user_id in sorted(holders(session, area_code, _TOLD)):
            post(session, NoticeKind.ACCOUNT_ALERT, to=user_id, area_code=area_code, what="no_auditor")
