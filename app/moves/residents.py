"""Somebody moves to another household, or is back in one."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app import visits
from app.actors import Actor, community_of
from app.clock import business_day, now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError, ResidentMergedError
from app.models import (
    Household,
    LeavingReason,
    LeftWhy,
    PresenceState,
    Relation,
    Resident,
    RosterChange,
    RosterChangeKind,
    User,
)
from app.moves.leaving import LeftDayError
from app.moves.steps import Step, begun
from app.people import (
    check_lives_here,
    check_other_household,
    check_recent,
    history,
    household_in_scope,
    lock_accounts,
    moving,
    resident_in_scope,
    resident_locked,
    whereabouts,
)
from app.sealing import Sealer


class HomeOutOfReachError(DomainError):
    """No such household in the actor's areas; who moves elsewhere moves out, and is entered there."""

    code = "home_out_of_reach"
    kind = Kind.NOT_FOUND


class SameHomeError(DomainError):
    """He lives in that household."""

    code = "same_home"
    kind = Kind.CONFLICT


class WasSaidDeadError(DomainError):
    """The roster says that he died: whoever lets him live here again says why it was wrong."""

    code = "was_said_dead"
    kind = Kind.INVALID


@dataclass(frozen=True)
class Move:
    """Into which household, as what to its head, and since when."""

    household_id: UUID
    relation: Relation
    moved_on: date
    reason: str = ""


def move(
    session: Session, actor: Actor, sealer: Sealer, resident_id: UUID, step_id: UUID, new: Move
) -> RosterChange:
    """Let a resident live in another household from a day on. The same again changes nothing.

    What is open of him goes with him; points stay with the household. Into another community, which the
    actor must have too, his care does not go: there somebody else looks after him.

    Raises NotFoundError, HomeOutOfReachError, HouseholdClosedError, ResidentLeftError, SameHomeError,
    OwnHouseholdError, LeftDayError, DayLongAgoError, HeadTakenError, IdNumberTakenError, OtherContentError.
    """
    step = begun(session, actor, sealer, step_id, "move", resident_id, new)
    if (first := step.taken()) is not None:
        return first
    resident, household = _both(step, resident_id, new)
    if (first := step.taken()) is not None:
        return first
    check_lives_here(resident)
    if resident.household_id == household.id:
        raise SameHomeError(field="household_id")
    if community_of(resident.area_code) != community_of(household.area_code):
        check_recent(new.moved_on, field="moved_on")
        why = LeavingReason.MOVED_AWAY
        visits.end_with_residence(session, actor, sealer, resident, on=new.moved_on, why=why)
    return _settled(step, RosterChangeKind.MOVED_WITHIN, resident, household, new)


def come_back(
    session: Session, actor: Actor, sealer: Sealer, resident_id: UUID, step_id: UUID, new: Move
) -> RosterChange:
    """Let somebody who left live here again, in the same household or another. Again changes nothing.

    He is at home until somebody says otherwise. What had ended stays so: his account is bound, and his care
    begun, anew. Raises as ``move``, and IllegalStepError for who never left, ResidentMergedError for a
    duplicate, who is nobody of his own, WasSaidDeadError for who died without a reason.
    """
    step = begun(session, actor, sealer, step_id, "come_back", resident_id, new)
    if (first := step.taken()) is not None:
        return first
    resident, household = _both(step, resident_id, new)
    if (first := step.taken()) is not None:
        return first
    if resident.left_on is None:
        raise IllegalStepError(now="here", asked="return")
    if resident.same_as_id is not None:
        raise ResidentMergedError
    if resident.left_why is LeftWhy.DIED and not new.reason.strip():
        raise WasSaidDeadError(field="reason")
    if new.moved_on < resident.left_on:
        raise LeftDayError(field="moved_on")
    resident.left_on = resident.left_why = None
    resident.came_back_at = now()
    whereabouts.write(resident, PresenceState.HOME)
    return _settled(step, RosterChangeKind.MOVED_IN, resident, household, new)


def _both(step: Step, resident_id: UUID, new: Move) -> tuple[Resident, Household]:
    """Give the resident, locked after his account, and the household; the actor is of neither home."""
    session, actor = step.session, step.actor
    resident = resident_in_scope(session, actor, resident_id)
    try:
        household = household_in_scope(session, actor, new.household_id)
    except NotFoundError:
        raise HomeOutOfReachError(field="household_id") from None
    lock_accounts(session, User.resident_id == resident_id)
    resident_locked(session, resident_id)
    household = moving.home_locked(session, household.id, field="household_id")
    check_other_household(actor, resident.household_id, household.id)
    if not resident.birth_date <= new.moved_on <= business_day():
        raise LeftDayError(field="moved_on")
    return resident, household


def _settled(
    step: Step, kind: RosterChangeKind, resident: Resident, household: Household, new: Move
) -> RosterChange:
    """Let him live there, and write it down."""
    former_id, relation = resident.household_id, resident.relation
    moving.settle(step.session, step.sealer, resident, household, new.relation)
    change = history.change_of(
        kind,
        resident,
        former_id=former_id if former_id != household.id else None,
        before={"relation": relation},
        after={"relation": new.relation},
        reason=new.reason,
        day=new.moved_on,
    )
    return step.keep(change)
