"""An office urges whoever is to see to a hazard (督办), and its answer."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Actor, Role
from app.errors import DomainError, Kind
from app.hazards.assignees import has
from app.hazards.responsible import OFFICES, givers, in_hand_of, office, tell_all
from app.hazards.steps import begin
from app.hazards.work import NotAssigneeError
from app.identity import Permission, holders, scope_of
from app.models import Hazard, HazardEvent, HazardStep
from app.notices import NoticeKind

_CITY_FIRST = (Role.CITY_OFFICER, Role.COUNTY_OFFICER)
_URGING = (HazardStep.SUPERVISE, HazardStep.SUPERVISE_COUNTY, HazardStep.SUPERVISE_CITY)


class NotSupervisedError(DomainError):
    """No office waits for an answer about this hazard."""

    code = "not_supervised"
    kind = Kind.CONFLICT


def supervise(session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, *, note: str) -> Hazard:
    """Write to whoever is to see to a hazard what the office wants done; it waits for an answer.

    Raises NotFoundError, OtherContentError, OwnHouseholdError, IllegalStepError.
    """
    step = begin(session, actor, hazard_id, step_id, HazardStep.SUPERVISE, note=note)
    hazard = step.hazard
    if step.repeated:
        return hazard
    hazard.supervised_at, hazard.answered_at = step.at, None
    step.leave(HazardStep.SUPERVISE, note=note)
    people = in_hand_of(session, hazard) | givers(session, hazard)[1]
    tell_all(session, NoticeKind.HAZARD_MATTER, hazard, people - {actor.user_id}, HazardStep.SUPERVISE)
    return hazard


def answer(
    session: Session,
    actor: Actor,
    hazard_id: UUID,
    step_id: UUID,
    *,
    note: str,
    photo_ids: Sequence[UUID] = (),
) -> Hazard:
    """Answer the office that urged a hazard, as whoever puts it right or as an admin of the community.

    Raises NotFoundError, OtherContentError, IllegalStepError, NotAssigneeError, NotSupervisedError.
    """
    step = begin(session, actor, hazard_id, step_id, HazardStep.ANSWER, note=note, photo_ids=list(photo_ids))
    hazard = step.hazard
    if step.repeated:
        return hazard
    if not may_answer(session, actor, hazard):
        raise NotAssigneeError(id=hazard_id)
    if hazard.supervised_at is None or hazard.answered_at is not None:
        raise NotSupervisedError(id=hazard_id)
    people = _who_waits(session, hazard) - {actor.user_id}
    hazard.answered_at = step.at
    step.leave(HazardStep.ANSWER, note=note, photo_ids=photo_ids)
    tell_all(session, NoticeKind.HAZARD_MATTER, hazard, people, HazardStep.ANSWER)
    return hazard


def may_answer(session: Session, actor: Actor, hazard: Hazard) -> bool:
    """Say whether the actor puts the hazard right, or is an admin of its community."""
    return has(session, actor, hazard) or is_of_community(actor, hazard)


def is_of_community(actor: Actor, hazard: Hazard) -> bool:
    """Say whether the actor is an admin of the hazard's community."""
    reach = scope_of(actor, Permission.HAZARD_TRIAGE)
    return reach is not None and reach.covers(hazard.area_code)


def _who_waits(session: Session, hazard: Hazard) -> set[UUID]:
    """Give who waits for an answer since the last one: who wrote for an office, and offices its time went to.

    Whoever wrote and has no such post any more waits for nothing: his office does.
    """
    of_it = HazardEvent.hazard_id == hazard.id
    last = select(func.coalesce(func.max(HazardEvent.number), 0)).where(
        of_it, HazardEvent.step == HazardStep.ANSWER
    )
    urged = session.execute(
        select(HazardEvent.step, HazardEvent.actor_id)
        .distinct()
        .where(of_it, HazardEvent.step.in_(_URGING), HazardEvent.number > last.scalar_subquery())
    ).all()
    wrote = [row.actor_id for row in urged if row.actor_id is not None]
    people = holders(session, hazard.area_code, OFFICES, among=wrote) if wrote else set()
    waiting = {row.step for row in urged if row.actor_id not in people}
    if HazardStep.SUPERVISE_CITY in waiting:
        people |= office(session, hazard, _CITY_FIRST)[1]
    if waiting - {HazardStep.SUPERVISE_CITY} or not urged:
        people |= office(session, hazard, OFFICES)[1]
    return people
