"""Moving out and dying: residence ends, and with it what others do for him."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app import identity, visits
from app.actors import Actor
from app.clock import business_day
from app.errors import DomainError, IllegalStepError, Kind
from app.models import LeavingReason, LeftWhy, Relation, RosterChange, RosterChangeKind
from app.moves.steps import begun
from app.people import check_other_household, check_recent, history, resident_in_scope, resident_locked
from app.sealing import Sealer

_KINDS = {LeftWhy.MOVED_OUT: RosterChangeKind.MOVED_OUT, LeftWhy.DIED: RosterChangeKind.DIED}
_OF_CARE = {LeftWhy.MOVED_OUT: LeavingReason.MOVED_AWAY, LeftWhy.DIED: LeavingReason.DIED}


class LeftDayError(DomainError):
    """The day lies in the future, or before he was born."""

    code = "left_day"
    kind = Kind.INVALID


@dataclass(frozen=True)
class Leaving:
    """Until which day somebody lived there, and why no longer."""

    left_on: date
    why: LeftWhy
    reason: str = ""


def leave(
    session: Session, actor: Actor, sealer: Sealer, resident_id: UUID, step_id: UUID, new: Leaving
) -> RosterChange:
    """End somebody's residence: he moved out of the community, or died. The same again changes nothing.

    His account is his no more, his proxies and care end, what visits left to do is done with, and he is on
    no register of those who need help; with a death end all guardianships. Points stay with the household.

    Raises NotFoundError, OwnHouseholdError, LeftDayError, DayLongAgoError, IllegalStepError for who left
    already, OtherContentError.
    """
    step = begun(session, actor, sealer, step_id, "leave", resident_id, new)
    if (first := step.taken()) is not None:
        return first
    resident = resident_in_scope(session, actor, resident_id)
    check_other_household(actor, resident.household_id)
    if not resident.birth_date <= new.left_on <= business_day():
        raise LeftDayError(field="left_on")
    check_recent(new.left_on, field="left_on")
    if resident.left_on is None:  # locks accounts before the resident
        identity.end_with_residence(session, actor, resident_id, died=new.why is LeftWhy.DIED)
    resident_locked(session, resident_id)
    if (first := step.taken()) is not None:
        return first
    if resident.left_on is not None:
        raise IllegalStepError(now="left", asked="leave")
    on, why = new.left_on, _OF_CARE[new.why]
    visits.end_with_residence(session, actor, sealer, resident, on=on, why=why)
    resident.left_on, resident.left_why, resident.back_on = on, new.why, None
    data = {"was_head": resident.relation is Relation.HEAD}
    return step.keep(history.change_of(_KINDS[new.why], resident, data=data, reason=new.reason, day=on))
