"""An office urges whoever is to see to a hazard (督办), and its answer."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
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
    hazard.answered_at = step.at
    step.leave(HazardStep.ANSWER, note=note, photo_ids=photo_ids)
    people = _who_asked(session, hazard) - {actor.user_id}
    tell_all(session, NoticeKind.HAZARD_MATTER, hazard, people, HazardStep.ANSWER)
    return hazard


def may_answer(session: Session, actor: Actor, hazard: Hazard) -> bool:
    """Say whether the actor puts the hazard right, or is an admin of its community."""
    return has(session, actor, hazard) or is_of_community(actor, hazard)


def is_of_community(actor: Actor, hazard: Hazard) -> bool:
    """Say whether the actor is an admin of the hazard's community."""
    reach = scope_of(actor, Permission.HAZARD_TRIAGE)
    return reach is not None and reach.covers(hazard.area_code)


def _who_asked(session: Session, hazard: Hazard) -> set[UUID]:
    """Give who urged it last: whoever wrote for an office, or the office that its time went to.

    Whoever wrote and has no such post any more waits for nothing: his office does.
    """
    last = (
        select(HazardEvent.step, HazardEvent.actor_id)
        .where(HazardEvent.hazard_id == hazard.id, HazardEvent.step.in_(_URGING))
        .order_by(HazardEvent.number.desc())
        .limit(1)
    )
    step, asked = session.execute(last).one_or_none() or (None, None)
    by = holders(session, hazard.area_code, OFFICES, among=[asked]) if asked is not None else set()
    offices = _CITY_FIRST if step is HazardStep.SUPERVISE_CITY else OFFICES
    return by or office(session, hazard, offices)[1]
