"""Rechecking what was put right: never by whoever did it (domain.md, inspections and hazards)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import DomainError, Kind
from app.hazards.assignees import barred_from_recheck, who_has
from app.hazards.assignment import days_to_act
from app.hazards.deadlines import due, set_deadline, want_controls
from app.hazards.merging import last_found
from app.hazards.steps import Step, begin, tell
from app.hazards.telling import ask_to_close, ask_to_look_again, tell_of_many, who_triages
from app.hazards.unassigning import take_back
from app.models import Hazard, HazardLevel, HazardStatus, HazardStep
from app.notices import NoticeKind
from app.plans import are_away, keep_absences
from app.workdays import WorkCalendar


class SamePersonError(DomainError):
    """Whoever worked on the hazard, or recorded that a department did, may not say that it is right."""

    code = "same_person"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class Recheck:
    """What a recheck found; ``due_at`` is the new deadline after a failed one, None for the default."""

    passed: bool
    note: str = ""
    photo_ids: Sequence[UUID] = ()
    due_at: datetime | None = None


def verify(
    session: Session,
    actor: Actor,
    calendar: WorkCalendar,
    hazard_id: UUID,
    step_id: UUID,
    recheck: Recheck,
    *,
    captured_at: datetime | None = None,
) -> Hazard:
    """Recheck the work: a general hazard is closed, a major one waits for the county, or it goes back.

    What was found again after the moment of a recheck that passed, and arrived before it, waits as it did; so
    does what was put right after the moment of a recheck, whatever that found: it saw the work before.

    Raises NotFoundError, OtherContentError, IllegalStepError, SamePersonError, and for the new deadline
    DueTimeError and HolidaysUnknownError.
    """
    step = _begin_recheck(session, actor, hazard_id, step_id, HazardStep.VERIFY, recheck, captured_at)
    if step.repeated or _keep_overtaken(step, recheck):
        return step.hazard
    if not recheck.passed:
        return _send_back(step, calendar, recheck)
    step.take(HazardStatus.VERIFIED, HazardStep.VERIFY, note=recheck.note, photo_ids=recheck.photo_ids)
    if step.hazard.level is HazardLevel.GENERAL:
        step.follow(HazardStatus.CLOSED, HazardStep.CLOSE)
    else:
        ask_to_close(session, actor, step.hazard)
    return step.hazard


def close(
    session: Session,
    actor: Actor,
    calendar: WorkCalendar,
    hazard_id: UUID,
    step_id: UUID,
    recheck: Recheck,
    *,
    captured_at: datetime | None = None,
) -> Hazard:
    """Close a verified major hazard after the county's own recheck, or send it back.

    Raises what ``verify`` raises.
    """
    step = _begin_recheck(session, actor, hazard_id, step_id, HazardStep.CLOSE, recheck, captured_at)
    if step.repeated or _keep_overtaken(step, recheck):
        return step.hazard
    if not recheck.passed:
        return _send_back(step, calendar, recheck)
    step.take(HazardStatus.CLOSED, HazardStep.CLOSE, note=recheck.note, photo_ids=recheck.photo_ids)
    return step.hazard


def _begin_recheck(
    session: Session,
    actor: Actor,
    hazard_id: UUID,
    step_id: UUID,
    verb: HazardStep,
    recheck: Recheck,
    captured_at: datetime | None,
) -> Step:
    step = begin(session, actor, hazard_id, step_id, verb, captured_at=captured_at, recheck=vars(recheck))
    barred = {} if step.repeated else barred_from_recheck(session, [step.hazard])
    if actor.user_id in barred.get(hazard_id, ()):
        raise SamePersonError(id=hazard_id)
    return step


def _keep_overtaken(step: Step, recheck: Recheck) -> bool:
    """Keep a recheck that saw what is no more: earlier work, or none of what was found again since it passed.

    Nothing follows from it; says if so. Whoever rechecked was offline, and what is newer is there already;
    somebody looks once more.
    """
    seen_at = _found_again_since(step) if recheck.passed else None
    if _saw_earlier_work(step):
        found = {"put_right_at": step.when.since.isoformat() if step.when.since else ""}
    elif seen_at is not None:
        found = {"found_again_at": seen_at.isoformat()}
    else:
        return False
    step.leave(HazardStep.RECHECK_LATE, note=recheck.note, photo_ids=recheck.photo_ids, **found)
    ask_to_look_again(step.session, step.hazard)
    return True


def _saw_earlier_work(step: Step) -> bool:
    """Say whether it was before the work: by a clock that may be off, but not where earlier work failed."""
    again = step.hazard.recheck_failures > 0
    return step.when.is_too_early(off=timedelta(0)) if again else step.when.is_too_early()


def _found_again_since(step: Step) -> datetime | None:
    """Say when it was last found again, or reported by what was merged into it, after a late step's moment.

    One whose clock is behind may be of any time since it was put right.
    """
    moment = step.when.earliest
    if moment == step.at:
        return None
    return last_found(step.session, step.hazard, after=moment, at_first=False)


def _send_back(step: Step, calendar: WorkCalendar, recheck: Recheck) -> Hazard:
    """Count a failed recheck and give whoever has it, also a unit or a department, a new deadline.

    Where all who have it are away until then it is given out anew: nobody gets one then, by whichever way.
    """
    hazard = step.hazard
    if hazard.unit_id is not None:
        hazard.assignee_id = None
    due_at = due(step.session, calendar, hazard, at=step.at, asked=recheck.due_at)
    set_deadline(hazard, due_at, since=step.at)
    if hazard.controls_due_at is None:  # it became major once the work was done
        want_controls(hazard, at=step.at)
    hazard.extensions = 0
    hazard.recheck_failures += 1
    step.take(
        HazardStatus.TRANSFERRED if hazard.department else HazardStatus.ASSIGNED,
        HazardStep.RECHECK_FAIL,
        note=recheck.note,
        photo_ids=recheck.photo_ids,
        due_at=due_at.isoformat(),
    )
    people = who_has(step.session, hazard)
    if hazard.department is None and _are_away(step, people):
        take_back(step.session, hazard)
        tell_of_many(step.session, NoticeKind.HAZARD_UNASSIGNED, [hazard], who_triages, what="away")
        return hazard
    for user_id in sorted(people):
        tell(step.session, NoticeKind.HAZARD_ASSIGNED, hazard, to=user_id)
    return hazard


def _are_away(step: Step, people: set[UUID]) -> bool:
    """Say whether nobody of those who have it is there before its deadline, as where it is given out."""
    hazard = step.hazard
    keep_absences(step.session, hazard.area_code)
    return are_away(step.session, people, hazard.area_code, **days_to_act(hazard, at=step.at))
