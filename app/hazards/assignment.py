"""Giving a hazard to somebody, and to somebody else (domain.md, inspections and hazards)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import DomainError, Kind
from app.hazards.assignees import check_assignee, check_assigner
from app.hazards.deadlines import MAJOR_CONTROLS_WITHIN, due
from app.hazards.steps import Step, begin, tell
from app.models import Hazard, HazardLevel, HazardStatus, HazardStep
from app.notices import NoticeKind
from app.workdays import WorkCalendar


class MajorControlsError(DomainError):
    """A major hazard is assigned with the temporary controls that hold until it is put right."""

    code = "major_controls"
    kind = Kind.INVALID


class SameAssigneeError(DomainError):
    """The hazard is assigned to this person already."""

    code = "same_assignee"
    kind = Kind.CONFLICT


class ReassignReasonError(DomainError):
    """Work is taken from somebody only with a reason, which both of them read."""

    code = "reassign_reason"
    kind = Kind.INVALID


def assign(
    session: Session,
    actor: Actor,
    calendar: WorkCalendar,
    hazard_id: UUID,
    *,
    assignee_id: UUID,
    due_at: datetime | None = None,
    controls: str = "",
    note: str = "",
) -> Hazard:
    """Give a hazard to somebody of the field staff, with a deadline, or take it from one to another.

    Whoever gets it from another starts anew, within the old deadline and under the old controls unless
    new ones are given, and fixes the five items of a major hazard himself.

    Raises NotFoundError, IllegalStepError, NotMajorError, AssigneeUnfitError, MajorControlsError,
    DueTimeError, HolidaysUnknownError, and where somebody has it SameAssigneeError and
    ReassignReasonError.
    """
    sent = {"assignee_id": assignee_id, "due_at": due_at, "controls": controls, "note": note}
    step = begin(session, actor, hazard_id, HazardStep.ASSIGN, **sent)
    hazard = step.hazard
    if step.repeated:
        return hazard
    check_assigner(actor, hazard)
    former_id = hazard.assignee_id
    if former_id is not None:
        _check_change(former_id, assignee_id, note)
    check_assignee(session, assignee_id, hazard.area_code)
    hazard.controls = controls or hazard.controls
    if hazard.level is HazardLevel.MAJOR and not hazard.controls:
        raise MajorControlsError(field="controls")
    if due_at is not None or hazard.due_at is None:
        hazard.due_at = due(session, calendar, hazard, at=step.at, asked=due_at)
    hazard.assignee_id = assignee_id
    _take(step, former_id, assignee_id, hazard.due_at, note)
    return hazard


def _check_change(former_id: UUID, assignee_id: UUID, note: str) -> None:
    if former_id == assignee_id:
        raise SameAssigneeError(field="assignee_id")
    if not note:
        raise ReassignReasonError(field="note")


def _take(step: Step, former_id: UUID | None, assignee_id: UUID, due_at: datetime, note: str) -> None:
    """Record who has the hazard now, and tell him and whoever had it before."""
    hazard = step.hazard
    given: dict[str, Any] = {
        "assignee_id": str(assignee_id),
        "due_at": due_at.isoformat(),
        "controls": hazard.controls,
    }
    if former_id is None:
        major = hazard.level is HazardLevel.MAJOR
        controls_by = (step.at + MAJOR_CONTROLS_WITHIN).isoformat() if major else None
        step.take(HazardStatus.ASSIGNED, HazardStep.ASSIGN, note=note, controls_by=controls_by, **given)
    else:
        hazard.five_fixed = None
        step.take(HazardStatus.ASSIGNED, HazardStep.REASSIGN, note=note, former_id=str(former_id), **given)
        if former_id not in {step.actor.user_id, hazard.reported_by}:
            tell(step.session, NoticeKind.HAZARD_STEP, hazard, to=former_id, step=HazardStep.REASSIGN)
    tell(step.session, NoticeKind.HAZARD_ASSIGNED, hazard, to=assignee_id)
