"""Telling of guardianships: admins that one waits to be verified, the guardian what became of it.

A guardian who is not verified is good for nothing, and staff recorded him; nobody looks for what waits.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor, Role
from app.identity.holders import holders
from app.models import Guardianship, NoticeKind, User
from app.notices import post


def tell_verifiers(session: Session, actor: Actor, row: Guardianship) -> None:
    """Tell the community's admins, but not one who recorded it himself, of a guardianship to verify."""
    admins = holders(session, row.area_code, {Role.COMMUNITY_ADMIN})
    for admin in sorted(admins - {actor.user_id}):
        _post(session, row, NoticeKind.APPROVAL, admin, "guardian_asked")


def tell_guardian(session: Session, row: Guardianship, *, ended: bool) -> None:
    """Tell the guardian, if he has an account, that he stands on record as one, or does no longer."""
    user_id = session.scalar(
        select(User.id).where(User.resident_id == row.guardian_id, User.disabled_at.is_(None))
    )
    if user_id is not None:
        what = "guardian_ended" if ended else "guardian_verified"
        _post(session, row, NoticeKind.ACCOUNT_ALERT, user_id, what)


def _post(session: Session, row: Guardianship, kind: NoticeKind, to: UUID, what: str) -> None:
    post(session, kind, to=to, area_code=row.area_code, what=what, guardianship_id=row.id)
