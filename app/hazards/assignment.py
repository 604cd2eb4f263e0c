"""Giving a hazard to somebody, and to somebody else (domain.md, inspections and hazards)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import harm
from app.actors import Actor
from app.clock import business_day, last_day
from app.errors import DomainError, Kind
from app.hazards.assignees import check_assignee, check_unit, who_has
from app.hazards.deadlines import due, first_deadline, set_deadline, want_controls
from app.hazards.steps import Step, begin, tell
from app.identity import Permission, scope_of, seeing_to
from app.models import Hazard, HazardLevel, HazardStatus, HazardStep
from app.notices import NoticeKind
from app.once import added_later, as_sent
from app.people import accounts_of_home
from app.plans import check_present, keep_absences
from app.workdays import WorkCalendar


class NotMajorError(DomainError):
    """The county gives out and rejects major hazards only; a general one is its community's own."""

    code = "not_major"
    kind = Kind.FORBIDDEN


class MajorControlsError(DomainError):
    """A major hazard is assigned with the temporary controls that hold until it is put right."""

    code = "major_controls"
    kind = Kind.INVALID


class AssigneeChangedError(DomainError):
    """Somebody assigned the hazard meanwhile: it is not with whoever is named in ``former_id``."""

    code = "assignee_changed"
    kind = Kind.CONFLICT


class SameAssigneeError(DomainError):
    """The hazard is assigned to this person already."""

    code = "same_assignee"
    kind = Kind.CONFLICT


class ReassignReasonError(DomainError):
    """Work is taken from somebody only with a reason, which both of them read."""

    code = "reassign_reason"
    kind = Kind.INVALID


@dataclass(frozen=True)
class Assignment:
    """To whom a hazard is given, a person or a unit, until when and why.

    ``former_id`` is who has it as far as the actor knows, person or unit: so nobody overwrites unseen what
    another did.
    """

    assignee_id: UUID | None
    former_id: UUID | None = None
    due_at: datetime | None = None
    controls: str = ""
    note: str = ""
    unit_id: UUID | None = added_later(None)

    @property
    def to_id(self) -> UUID:
        """Give who gets it."""
        given = self.assignee_id or self.unit_id
        assert given is not None, "the edge wants one of them"
        return given

    @property
    def field(self) -> str:
        """Give by which word who gets it was sent."""
        return "assignee_id" if self.assignee_id is not None else "unit_id"


def may_assign(session: Session, actor: Actor, hazard: Hazard) -> bool:
    """Say whether the actor gives out this hazard: the community any of its own, the county a major one.

    The county gives out a general one, too, where every admin of the community lives behind its door.
    """
    of_community, of_both = (
        scope_of(actor, Permission.HAZARD_TRIAGE),
        scope_of(actor, Permission.HAZARD_ASSIGN),
    )
    if of_community is not None and of_community.covers(hazard.area_code):
        return True
    if of_both is None or not of_both.covers(hazard.area_code):
        return False
    return hazard.level is HazardLevel.MAJOR or _is_left_to_office(session, hazard)


def _is_left_to_office(session: Session, hazard: Hazard) -> bool:
    people = people_behind(session, hazard)
    return bool(people) and seeing_to.who_sees_to_it(session, hazard.area_code, but=people)[0] != "asked"


def people_behind(session: Session, hazard: Hazard) -> set[UUID]:
    """Give the accounts of those behind whose door a hazard is, who decide nothing about it."""
    homes = harm.homes_behind(session, hazard)
    return {user_id for home in homes for user_id in accounts_of_home(session, home)}


def assign(
    session: Session,
    actor: Actor,
    calendar: WorkCalendar,
    hazard_id: UUID,
    step_id: UUID,
    given: Assignment,
) -> Hazard:
    """Give a hazard to one of the field staff or a unit, with a deadline, or take it from one to another.

    Whoever gets it from another starts anew, within the old deadline and under the old controls unless
    new ones are given, and fixes the five items of a major hazard himself.

    Raises NotFoundError, OtherContentError, IllegalStepError, NotMajorError, AssigneeChangedError,
    AssigneeUnfitError, UnitUnfitError, MajorControlsError, DueTimeError, HolidaysUnknownError, AbsentError,
    and where somebody has it SameAssigneeError and ReassignReasonError.
    """
    step = begin(session, actor, hazard_id, step_id, HazardStep.ASSIGN, **as_sent(given))
    hazard = step.hazard
    if step.repeated:
        return hazard
    _check_assigner(session, actor, hazard)
    if given.former_id != (hazard.assignee_id or hazard.unit_id):
        raise AssigneeChangedError(field="former_id")
    _check_change(given)
    keep_absences(session, hazard.area_code)
    able = _check_fit(session, given, hazard, at=step.at)
    hazard.controls = given.controls or hazard.controls
    if hazard.level is HazardLevel.MAJOR and not hazard.controls:
        raise MajorControlsError(field="controls")
    if given.due_at is not None or hazard.due_at is None:
        set_deadline(hazard, due(session, calendar, hazard, at=step.at, asked=given.due_at), since=step.at)
        hazard.extensions = 0
    if given.former_id is None and hazard.controls_due_at is None:
        want_controls(hazard, at=step.at)
    check_present(session, able, hazard.area_code, **days_to_act(hazard, at=step.at), field=given.field)
    former = who_has(session, hazard)
    hazard.assignee_id, hazard.unit_id, hazard.department = given.assignee_id, given.unit_id, None
    _take(step, given, former)
    return hazard


def _check_assigner(session: Session, actor: Actor, hazard: Hazard) -> None:
    """Refuse the county where the hazard is general. Raises NotMajorError."""
    if not may_assign(session, actor, hazard):
        raise NotMajorError(id=hazard.id)


def _check_change(given: Assignment) -> None:
    if given.former_id is None:
        return
    if given.former_id == given.to_id:
        raise SameAssigneeError(field=given.field)
    if not given.note:
        raise ReassignReasonError(field="note")


def _check_fit(session: Session, given: Assignment, hazard: Hazard, *, at: datetime) -> set[UUID]:
    """Give who can start, the person or who is of the unit. Raises AssigneeUnfitError, UnitUnfitError."""
    if given.assignee_id is not None:
        check_assignee(session, given.assignee_id, hazard.area_code, on=business_day(at))
        return {given.assignee_id}
    return check_unit(session, given.to_id, hazard.area_code)


def days_to_act(hazard: Hazard, *, at: datetime) -> dict[str, date]:
    """Give the days on one of which somebody must be there who has it: until its first deadline, or today."""
    today = business_day(at)
    return {"since": today, "until": max(today, last_day(first_deadline(hazard)))}


def _take(step: Step, given: Assignment, former: set[UUID]) -> None:
    """Record who has the hazard now, and tell them and whoever had it before."""
    assert step.hazard.due_at is not None, "an assigned hazard has a deadline"
    hazard, former_id, note = step.hazard, given.former_id, given.note
    got = who_has(step.session, hazard)
    data: dict[str, Any] = {
        given.field: str(given.to_id),
        "due_at": step.hazard.due_at.isoformat(),
        "controls": hazard.controls,
    }
    if former_id is None:
        controls_by = hazard.controls_due_at.isoformat() if hazard.controls_due_at else None
        step.take(HazardStatus.ASSIGNED, HazardStep.ASSIGN, note=note, controls_by=controls_by, **data)
    else:
        hazard.five_fixed = None
        step.take(HazardStatus.ASSIGNED, HazardStep.REASSIGN, note=note, former_id=str(former_id), **data)
        for user_id in sorted(former - {step.actor.user_id, hazard.reported_by} - got):
            tell(step.session, NoticeKind.HAZARD_STEP, hazard, to=user_id, step=HazardStep.REASSIGN)
    for user_id in sorted(got):
        tell(step.session, NoticeKind.HAZARD_ASSIGNED, hazard, to=user_id)
