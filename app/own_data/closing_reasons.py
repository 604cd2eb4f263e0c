"""Why an account cannot be closed yet: what somebody must see to first, and nothing else."""

import enum
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app import identity
from app.models import (
    HAZARD_ENDED,
    CareRecord,
    FollowUp,
    Hazard,
    Redemption,
    RedemptionStatus,
    Resident,
    User,
)


class ClosingReason(enum.StrEnum):
    """What stands in the way."""

    OPEN_ORDER = "open_order"
    """Goods that he ordered for his home wait for him: points are held and stock is kept back."""
    POST = "post"
    """He holds a post, and others count on him."""
    OPEN_WORK = "open_work"
    """Hazards, people in need or follow-ups are still in his hands."""


def reasons_against(session: Session, user_id: UUID) -> list[ClosingReason]:
    """Say what stands in the way of closing somebody's account now.

    What he reported or claimed runs on without him, and so do the community's duties towards him: neither is
    a reason. A case of harm is none either, and is not told of here: whoever asks may be who must not know.
    """
    home = select(Resident.household_id).join(User, User.resident_id == Resident.id).where(User.id == user_id)
    ordered = select(
        exists().where(
            Redemption.made_by == user_id,
            Redemption.status == RedemptionStatus.HELD,
            Redemption.household_id.in_(home),
        )
    )
    assigned = exists().where(Hazard.assignee_id == user_id, Hazard.status.not_in(HAZARD_ENDED))
    cares = exists().where(CareRecord.worker_id == user_id, CareRecord.ended_on.is_(None))
    follows = exists().where(FollowUp.owner_id == user_id, FollowUp.done_at.is_(None))
    found = []
    if session.scalar(ordered):
        found.append(ClosingReason.OPEN_ORDER)
    if identity.closing.holds_post(session, user_id):
        found.append(ClosingReason.POST)
    if session.scalar(select(or_(assigned, cares, follows))):
        found.append(ClosingReason.OPEN_WORK)
    return found
