"""What somebody refused or took back himself, in the app: staff do not undo it with a paper soon after.

After a no nobody is asked again for a time, and a paper is something that he was asked to sign. Himself he
agrees whenever he likes.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.clock import business_day, now
from app.errors import DomainError, Kind
from app.models import Consent, ConsentChannel, ConsentPurpose, Guardianship, User
from app.people.standings import NOT_ASKED_FOR


class SaidNoError(DomainError):
    """He, or his guardian, said no in the app; nobody notes a yes for him before ``ask_again_on`` (data)."""

    code = "said_no"
    kind = Kind.CONFLICT


def check_said_no(session: Session, resident_id: UUID, purpose: ConsentPurpose) -> None:
    """Refuse a yes on paper so soon after a no that was said in the app; wait for one that is under way.

    What staff noted after it changes nothing, what he agreed to himself does. Raises SaidNoError.
    """
    decided, taken_back, since = (
        Consent.decided_at,
        Consent.withdrawn_at,
        now() - NOT_ASKED_FOR - timedelta(1),
    )
    rows = session.scalars(
        select(Consent)
        .where(Consent.resident_id == resident_id, Consent.purpose == purpose)
        .where((decided >= since) | (taken_back >= since))
        .order_by(decided.desc(), Consent.id.desc())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in rows:
        if row.given and row.withdrawn_at is None and row.channel is ConsentChannel.APP:
            return
        ask_again_on = business_day((row.withdrawn_at or row.decided_at) + NOT_ASKED_FOR)
        if business_day() < ask_again_on and _by_himself(session, row):
            raise SaidNoError(ask_again_on=ask_again_on.isoformat())


def _by_himself(session: Session, row: Consent) -> bool:
    """Say whether a decision is a no of the resident, or of a guardian of his, by his own account."""
    if row.withdrawn_at is None:
        return not row.given and row.channel is ConsentChannel.APP
    guards = exists().where(
        Guardianship.child_id == row.resident_id, Guardianship.guardian_id == User.resident_id
    )
    himself = (User.resident_id == row.resident_id) | (User.resident_id == row.decided_by) | guards
    return session.scalar(select(User.id).where(User.id == row.withdrawn_by, himself)) is not None
