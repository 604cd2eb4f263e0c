"""Closing an account again that was closed since the backup was made."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Closing, ClosingState, Resident, User
from app.own_data.closing import shut
from app.own_data.erasing import end_erasing, erase_some
from app.own_data.outcomes import Outcome, Tools, there
from app.own_data.removal_list import Removed

_BATCH = 200


def close(session: Session, tools: Tools, one: Removed) -> Outcome:
    """Shut the account and empty it to its end: nothing is under way while the service stands still.

    What would be a reason against it today was none when it was done. Numbers and texts go of whom the
    account was bound to then, though that be nobody: whom it is bound to in the backup had nothing removed.
    """
    if not one.tells("user_id"):
        return Outcome.BY_HAND
    user_id = UUID(one.facts["user_id"])
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        return Outcome.NOTHING
    row = session.get(Closing, one.row_id, with_for_update=True) or asked(session, user, one)
    if row.state is ClosingState.DONE:
        return Outcome.NOTHING
    others = select(Closing).where(
        Closing.user_id == user_id, Closing.state == ClosingState.OPEN, Closing.id != row.id
    )
    for other in session.scalars(others):
        other.advance(ClosingState.WITHDRAWN)
        other.ended_at = now()
    session.flush()
    session.add(row)
    session.flush()
    if row.state is ClosingState.OPEN:
        shut(session, tools.sealer, row, user, there(session, Resident, one.facts.get("bound_to")))
    while erase_some(session, tools.photos, row.id, limit=_BATCH):
        session.flush()
    end_erasing(session, row.id)
    return Outcome.DONE


def asked(session: Session, user: User, one: Removed) -> Closing:
    """Make the wish anew, which was asked for after the backup was made."""
    return Closing(
        id=one.row_id,
        area_code=user.area_code,
        asked_by=there(session, User, one.facts.get("asked_by")) or user.id,
        user_id=user.id,
        ward_id=there(session, Resident, one.facts.get("ward_id")),
        asked_at=one.at,
        carry_out_at=one.at,
        due_at=one.at,
        state=ClosingState.OPEN,
        reasons=[],
        content_hash=b"",
    )


def withdraw_closing(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """Take back a wish that is not to be carried out."""
    row = session.get(Closing, one.row_id, with_for_update=True)
    if row is None or row.state is not ClosingState.OPEN:
        return Outcome.NOTHING
    row.advance(ClosingState.WITHDRAWN)
    row.ended_at = now()
    return Outcome.DONE
