"""Triage of reported hazards: accept, reject, merge, assign (domain.md, inspections and hazards)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.errors import DomainError, Kind
from app.hazards.assignees import check_assignee
from app.hazards.deadlines import MAJOR_CONTROLS_WITHIN, due
from app.hazards.rewards import claim_reward
from app.hazards.steps import begin, tell
from app.models import Hazard, HazardCategory, HazardLevel, HazardStatus, HazardStep
from app.notices import NoticeKind
from app.workdays import WorkCalendar


class DuplicateUnfitError(DomainError):
    """The named hazard is this one, in another community, out of reach, or a duplicate itself."""

    code = "duplicate_unfit"
    kind = Kind.INVALID


class MajorControlsError(DomainError):
    """A major hazard is assigned with the temporary controls that hold until it is put right."""

    code = "major_controls"
    kind = Kind.INVALID


def accept(
    session: Session,
    actor: Actor,
    hazard_id: UUID,
    *,
    level: HazardLevel | None = None,
    category: HazardCategory | None = None,
    note: str = "",
) -> Hazard:
    """Accept a report, with its level and category put right; a resident's report earns points.

    Raises NotFoundError, IllegalStepError.
    """
    step = begin(session, actor, hazard_id, HazardStep.ACCEPT, level=level, category=category, note=note)
    hazard = step.hazard
    if step.repeated:
        return hazard
    hazard.level = level or hazard.level
    hazard.category = category or hazard.category
    step.take(
        HazardStatus.ACCEPTED, HazardStep.ACCEPT, note=note, level=hazard.level, category=hazard.category
    )
    claim_reward(session, actor, hazard)
    return hazard


def reject(session: Session, actor: Actor, hazard_id: UUID, *, reason: str) -> Hazard:
    """End a report that is no hazard, with the reason the reporter reads.

    Raises NotFoundError, IllegalStepError.
    """
    step = begin(session, actor, hazard_id, HazardStep.REJECT, reason=reason)
    if not step.repeated:
        step.take(HazardStatus.REJECTED, HazardStep.REJECT, note=reason)
    return step.hazard


def duplicate(
    session: Session, actor: Actor, hazard_id: UUID, *, duplicate_of_id: UUID, note: str = ""
) -> Hazard:
    """End a report of something that another hazard of the same community already names.

    Raises NotFoundError, IllegalStepError, DuplicateUnfitError.
    """
    both = sorted({hazard_id, duplicate_of_id})
    session.execute(
        select(Hazard.id).where(Hazard.id.in_(both)).order_by(Hazard.id).with_for_update(key_share=True)
    )
    step = begin(session, actor, hazard_id, HazardStep.DUPLICATE, duplicate_of_id=duplicate_of_id, note=note)
    hazard = step.hazard
    if step.repeated:
        return hazard
    other = session.get(Hazard, duplicate_of_id, populate_existing=True)
    if (
        other is None
        or other is hazard
        or other.status is HazardStatus.DUPLICATE
        or community_of(other.area_code) != community_of(hazard.area_code)
        or not actor.scope.covers(other.area_code)
    ):
        raise DuplicateUnfitError(field="duplicate_of_id")
    hazard.duplicate_of_id = other.id
    step.take(HazardStatus.DUPLICATE, HazardStep.DUPLICATE, note=note, duplicate_of_id=str(other.id))
    return hazard


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
    """Give an accepted hazard to somebody of the field staff, with a deadline.

    Raises NotFoundError, IllegalStepError, AssigneeUnfitError, MajorControlsError, DueTimeError,
    HolidaysUnknownError.
    """
    sent = {"assignee_id": assignee_id, "due_at": due_at, "controls": controls, "note": note}
    step = begin(session, actor, hazard_id, HazardStep.ASSIGN, **sent)
    hazard = step.hazard
    if step.repeated:
        return hazard
    check_assignee(session, assignee_id, hazard.area_code)
    major = hazard.level is HazardLevel.MAJOR
    if major and not controls:
        raise MajorControlsError(field="controls")
    hazard.due_at = due(session, calendar, hazard, at=step.at, asked=due_at)
    hazard.assignee_id = assignee_id
    hazard.controls = controls or None
    step.take(
        HazardStatus.ASSIGNED,
        HazardStep.ASSIGN,
        note=note,
        assignee_id=str(assignee_id),
        due_at=hazard.due_at.isoformat(),
        controls=hazard.controls,
        controls_by=(step.at + MAJOR_CONTROLS_WITHIN).isoformat() if major else None,
    )
    tell(session, NoticeKind.HAZARD_ASSIGNED, hazard, to=assignee_id)
    return hazard
