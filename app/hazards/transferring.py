"""Handing a hazard to another department, which alone can put it right, and its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day, end_of
from app.hazards.assignees import who_has
from app.hazards.assignment import NotMajorError, may_assign
from app.hazards.deadlines import FURTHEST, DueTimeError, drop_deadline, set_deadline, want_controls
from app.hazards.responsible import OFFICES, office, tell_all
from app.hazards.steps import begin
from app.hazards.telling import ask_recheck
from app.models import Department, Hazard, HazardStatus, HazardStep
from app.notices import NoticeKind
from app.once import added_later, as_sent


@dataclass(frozen=True)
class Transfer:
    """To which department, what was handed over, under which number, and when it is to answer."""

    department: Department
    note: str
    expected_on: date
    reference: str = ""
    contact: str = ""
    """Of the office, never a person's own."""
    photo_ids: Sequence[UUID] = added_later(())


def transfer(session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, given: Transfer) -> Hazard:
    """Hand a hazard to another department; it stays on the community's books, with a deadline of its own.

    The county reads of it; whoever had the hazard before has it no more.

    Raises NotFoundError, OtherContentError, OwnHouseholdError, IllegalStepError, NotMajorError, DueTimeError.
    """
    step = begin(session, actor, hazard_id, step_id, HazardStep.TRANSFER, **as_sent(given))
    hazard = step.hazard
    if step.repeated:
        return hazard
    if not may_assign(session, actor, hazard):
        raise NotMajorError(id=hazard_id)
    today = business_day(step.at)
    if not today < given.expected_on <= today + FURTHEST:
        raise DueTimeError(field="expected_on")
    former_id, former = hazard.assignee_id or hazard.unit_id, who_has(session, hazard)
    hazard.assignee_id, hazard.unit_id, hazard.five_fixed = None, None, None
    hazard.department = given.department
    set_deadline(hazard, end_of(given.expected_on), since=step.at)
    hazard.extensions = 0
    if hazard.controls_due_at is None:
        want_controls(hazard, at=step.at)
    step.take(
        HazardStatus.TRANSFERRED,
        HazardStep.TRANSFER,
        note=given.note,
        photo_ids=given.photo_ids,
        department=given.department,
        reference=given.reference,
        contact=given.contact,
        expected_on=given.expected_on.isoformat(),
        former_id=str(former_id) if former_id else None,
    )
    people = office(session, hazard, OFFICES)[1]
    told = (people | former) - {actor.user_id, hazard.reported_by}
    tell_all(session, NoticeKind.HAZARD_MATTER, hazard, told, HazardStep.TRANSFER)
    return hazard


def department_answer(
    session: Session,
    actor: Actor,
    hazard_id: UUID,
    step_id: UUID,
    *,
    done: bool,
    note: str,
    photo_ids: Sequence[UUID] = (),
) -> Hazard:
    """Record what the department answered: it was put right and waits for its recheck, or it comes back.

    Whoever records that it was done does not recheck it first (``barred_from_recheck``). Else the day of the
    department's answer was its deadline and goes with it: whoever gets the hazard next gets one of his own.

    Raises NotFoundError, OtherContentError, OwnHouseholdError, IllegalStepError, NotMajorError.
    """
    verb = HazardStep.DEPARTMENT_ANSWER
    step = begin(session, actor, hazard_id, step_id, verb, done=done, note=note, photo_ids=list(photo_ids))
    hazard = step.hazard
    if step.repeated:
        return hazard
    if not may_assign(session, actor, hazard):
        raise NotMajorError(id=hazard_id)
    if done:
        hazard.rectified_by = actor.user_id
    else:
        hazard.department = None
        drop_deadline(hazard)
    to = HazardStatus.RECTIFIED if done else HazardStatus.ACCEPTED
    step.take(to, verb, note=note, photo_ids=photo_ids, done=done)
    if done:
        ask_recheck(session, actor, hazard)
    return hazard
