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
from app.models import FROZEN_TOO, Binding, Consent, ConsentChannel, ConsentPurpose, Guardianship
from app.people.standings import NOT_ASKED_FOR
from app.retention import was_him


class SaidNoError(DomainError):
    """He, or his guardian, said no in the app; nobody notes a yes for him before ``ask_again_on`` (data)."""

    code = "said_no"
    kind = Kind.CONFLICT


def check_said_no(session: Session, resident_id: UUID, purpose: ConsentPurpose) -> None:
    """Refuse a yes on paper so soon after a no that was said in the app; wait for one that is under way.

    What staff noted after it changes nothing, what he agreed to himself does. A no outlasts the account by
    which it was said, so frozen decisions are looked at, too. Raises SaidNoError.
    """
    decided, taken_back, since = (
        Consent.decided_at,
        Consent.withdrawn_at,
        now() - NOT_ASKED_FOR - timedelta(1),
    )
    query = (
        select(Consent)
        .where(Consent.resident_id == resident_id, Consent.purpose == purpose)
        .where((decided >= since) | (taken_back >= since))
        .order_by(decided.desc(), Consent.id.desc())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in session.scalars(query, execution_options={FROZEN_TOO: True}):
        if row.given and row.withdrawn_at is None and row.channel is ConsentChannel.APP:
            return
        ask_again_on = business_day((row.withdrawn_at or row.decided_at) + NOT_ASKED_FOR)
        if business_day() < ask_again_on and _by_himself(session, row):
            raise SaidNoError(ask_again_on=ask_again_on.isoformat())


def _by_himself(session: Session, row: Consent) -> bool:
    """Say whether a decision is a no that the resident, or a guardian of his, said by his own account.

    What counts is whose account it was then, whatever became of it; of somebody who was not he it never was.
    A closing takes back what was agreed to once the account is nobody's any more: that is no such no.
    """
    who, when = row.recorded_by, row.decided_at
    if row.withdrawn_at is not None:
        if row.withdrawn_by is None:
            return False
        who, when = row.withdrawn_by, row.withdrawn_at
    elif row.given or row.channel is not ConsentChannel.APP:
        return False
    guards = exists().where(
        Guardianship.child_id == row.resident_id, Guardianship.guardian_id == Binding.resident_id
    )
    himself = Binding.resident_id.in_((row.resident_id, row.decided_by)) | guards
    then = (Binding.begun_at <= when) & (Binding.ended_at.is_(None) | (Binding.ended_at >= when))
    query = select(Binding.id).where(Binding.user_id == who, himself, then, was_him(Binding)).limit(1)
    return session.scalar(query, execution_options={FROZEN_TOO: True}) is not None
