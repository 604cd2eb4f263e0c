"""The event that took a hazard from somebody whose work, done before it, arrives later."""

from datetime import datetime

from sqlalchemy import Uuid, exists, or_, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.hazards.clocks import Clocks, not_before
from app.models import (
    ClockFlag,
    Hazard,
    HazardEvent,
    HazardStatus,
    HazardStep,
    UnitEvent,
    UnitMember,
)

TO_DO = frozenset({HazardStatus.ACCEPTED, HazardStatus.ASSIGNED, HazardStatus.RECTIFYING})
"""Where such work may still put it right."""
_TAKEN_BY = (HazardStep.UNASSIGN, HazardStep.REASSIGN)


def taken_back(
    session: Session, actor: Actor, hazard: Hazard, verb: HazardStep, captured_at: datetime
) -> HazardEvent | None:
    """Give the event that took a hazard from the actor, in a community of his, after a moment of his work.

    Or from a unit that he is of, or was until it changed after that moment. The moment is one at which he had
    it, by a clock that is believed: else anybody who had it once could go on, whatever his phone says.
    """
    of_it, from_whom = HazardEvent.hazard_id == hazard.id, HazardEvent.data["former_id"].astext.cast(Uuid)
    is_of = exists().where(UnitMember.unit_id == from_whom, UnitMember.user_id == actor.user_id)
    was_of = exists().where(
        UnitEvent.unit_id == from_whom,
        UnitEvent.at > captured_at,
        UnitEvent.data["member_ids"].contains([str(actor.user_id)]),
    )
    query = (
        select(HazardEvent)
        .where(
            of_it,
            HazardEvent.step.in_(_TAKEN_BY),
            or_(from_whom == actor.user_id, is_of, was_of),
        )
        .order_by(HazardEvent.number.desc())
        .limit(1)
    )
    last = session.scalars(query).first()
    if last is None or not captured_at < last.at:
        return None
    since = not_before(session, hazard.id, verb, number=last.number)
    if Clocks(now(), captured_at, since).flag is not ClockFlag.OK:
        return None
    failed = exists().where(
        of_it, HazardEvent.number > last.number, HazardEvent.step == HazardStep.RECHECK_FAIL
    )
    if session.scalar(select(failed)):
        return None  # what was found since, at a recheck, is newer than his work
    return last if actor.scope.widened().covers(hazard.area_code) else None
