"""A resident takes what he reported as a visitor for his own, and earns what it earns."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import DomainError, Kind
from app.hazards.reporting import source_of
from app.hazards.rewards import claim_reward
from app.hazards.satisfaction import opens
from app.hazards.steps import begin
from app.models import Hazard, HazardSource, HazardStatus, HazardStep

_EARNS_LATER = {HazardStatus.REPORTED}
_EARNS_NOTHING = {HazardStatus.REJECTED, HazardStatus.DUPLICATE}


class ReportNotHisError(DomainError):
    """Only a resident himself takes a report for his own; staff report as their job."""

    code = "report_not_his"
    kind = Kind.FORBIDDEN


class ReportTakenError(DomainError):
    """Somebody took this report for his own already."""

    code = "report_taken"
    kind = Kind.CONFLICT


def take_over(session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, *, key: str) -> Hazard:
    """Make a visitor's report the actor's own, once; the key in the address of its receipt is the right to.

    If it was accepted by then he earns what a resident's report earns, and that waits to be verified by
    others; else it is claimed when it is accepted.

    Raises NotFoundError, OtherContentError, ReportNotHisError, ReportTakenError.
    """

    def is_his(hazard: Hazard) -> bool:
        return opens(hazard, key) and actor.scope.covers(hazard.area_code)

    step = begin(session, actor, hazard_id, step_id, HazardStep.TAKE_OVER, reach=is_his, key=key)
    hazard = step.hazard
    if step.repeated:
        return hazard
    if hazard.reported_by is not None:
        raise ReportTakenError(id=hazard_id)
    is_resident = actor.resident_id is not None and actor.acting is None
    if not is_resident or source_of(actor, hazard.area_code) is not HazardSource.RESIDENT:
        raise ReportNotHisError(id=hazard_id)
    hazard.reported_by, hazard.let_in_by = actor.user_id, actor.let_in_by
    step.leave(HazardStep.TAKE_OVER)
    if hazard.status not in _EARNS_LATER | _EARNS_NOTHING:
        claim_reward(session, actor, hazard)
    return hazard
