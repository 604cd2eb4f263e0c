"""A post that has ended: what its holder did before may still lie on his phone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Role
from app.clock import now
from app.errors import DomainError, Kind
from app.identity.permissions import TABLE, Permission
from app.models import Grant

SENT_LATER = frozenset(
    {
        Permission.INSPECTION_FILE,
        Permission.HAZARD_REPORT,
        Permission.HAZARD_RECTIFY,
        Permission.HAZARD_VERIFY,
        Permission.VISIT_FILE,
        Permission.CLAIM_SUBMIT,
        Permission.PHOTO_UPLOAD,
    }
)
"""What a phone does without a network, and sends when it has one."""


class PostEndedError(DomainError):
    """His post ended lately (data: ``on``): what he did by it is kept until he has one again."""

    code = "post_ended"
    kind = Kind.FORBIDDEN


def post_ended_at(
    session: Session, user_id: UUID, permission: Permission, *, since: datetime
) -> datetime | None:
    """Say when the last post ended, after a moment, by which somebody might send this later."""
    if permission not in SENT_LATER:
        return None
    ended = func.least(Grant.ended_at, Grant.valid_until)
    query = select(func.max(ended)).where(
        Grant.user_id == user_id,
        Grant.role.in_(sorted(TABLE[permission].keys() - {Role.RESIDENT})),
        ended.between(since, now()),
        Grant.valid_from < ended,
    )
    at: datetime | None = session.scalar(query)
    return at
