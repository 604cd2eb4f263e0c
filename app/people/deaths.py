"""Of whom staff said that he died: nobody comes in as him, acts for him, or notes a word of his."""

from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from app.errors import DomainError, Kind
from app.models import FROZEN_TOO, Binding, BindingEnd, BindingWay, LeftWhy, Resident
from app.people.leaving import check_lives_here
from app.retention import let_back_in, was_him


class ResidentDeadError(DomainError):
    """Staff recorded that the resident died: an admin says by a binding request if he lives after all."""

    code = "resident_dead"
    kind = Kind.CONFLICT


def was_said_dead(session: Session, resident_id: UUID) -> bool:
    """Say whether staff ended a binding of a resident since he died, and no admin bound anybody to him since.

    Whoever has his phone or papers then is not he; that he lives after all an admin says by approving a
    request, unless that was a mistake, too. What a closing froze counts as well: the family may have asked.
    Where the roster says it itself, an admin lets him back in there, which undoes both.
    """
    later = aliased(Binding)
    bound_since = exists().where(
        later.resident_id == Binding.resident_id,
        later.way == BindingWay.REQUEST,
        later.begun_at >= Binding.ended_at,
        was_him(later),
    )
    which = (Binding.resident_id == resident_id, Binding.end_reason == BindingEnd.DECEASED)
    by_roster = exists().where(Resident.id == resident_id, Resident.left_why == LeftWhy.DIED)
    told = select(or_(exists().where(*which, ~bound_since, ~let_back_in(Binding)), by_roster))
    return bool(session.scalar(told, execution_options={FROZEN_TOO: True}))


def check_not_dead(session: Session, resident_id: UUID) -> None:
    """Refuse to let anybody in as, or act for, a resident of whom staff said that he died.

    Nor in the place of whoever moved out. Raises ResidentDeadError, ResidentLeftError.
    """
    if was_said_dead(session, resident_id):
        raise ResidentDeadError
    check_lives_here(session.get_one(Resident, resident_id))
