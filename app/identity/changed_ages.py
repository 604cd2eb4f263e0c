"""A minor's age put right, or his number taken away, as a second person agreed; and telling of it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.identity.approvals import use_approval
from app.identity.minor_ages import minor_age_payload
from app.models import ApprovalKind, CareRecord, Guardianship, NoticeKind, Resident, User
from app.notices import post
from app.people import guardianship_in_force


def agreed_to_age(
    session: Session, actor: Actor, resident: Resident, *, request_id: UUID | None, approval_id: UUID | None
) -> UUID:
    """Use the approval for this, and tell those who look after the minor; give who agreed.

    To be called before a guardianship ends by it: its guardian is told, too. Raises what ``use_approval``
    raises.
    """
    payload = minor_age_payload(resident.id, request_id)
    agreed_by = use_approval(session, actor, approval_id, ApprovalKind.MINOR_AGE, payload)
    for user_id in _who_looks_after(session, resident) - {actor.user_id}:
        post(
            session,
            NoticeKind.OWN_DATA,
            to=user_id,
            area_code=resident.area_code,
            what="minor_age",
            resident_id=resident.id,
        )
    return agreed_by


def _who_looks_after(session: Session, resident: Resident) -> set[UUID]:
    """Give the accounts of his guardians, and the workers who are responsible for his care."""
    guardians = select(Guardianship.guardian_id).where(
        Guardianship.child_id == resident.id, guardianship_in_force()
    )
    workers = select(CareRecord.worker_id).where(
        CareRecord.resident_id == resident.id, CareRecord.ended_on.is_(None)
    )
    which = User.resident_id.in_(guardians) | User.id.in_(workers)
    return set(session.scalars(select(User.id).where(which, User.disabled_at.is_(None))))
