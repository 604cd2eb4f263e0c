"""Temporary controls of a major hazard: shown within 24 hours, and found good by the county."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import DomainError, Kind
from app.hazards.deadlines import want_controls, wind
from app.hazards.responsible import ask_county, in_hand_of, tell_all
from app.hazards.steps import begin
from app.hazards.supervising import may_answer
from app.hazards.work import NotAssigneeError
from app.models import Hazard, HazardLevel, HazardStep
from app.notices import NoticeKind


class NoControlsNeededError(DomainError):
    """Only a major hazard has temporary controls to show."""

    code = "no_controls_needed"
    kind = Kind.CONFLICT


class NoControlsShownError(DomainError):
    """No temporary controls wait for the county's check."""

    code = "no_controls_shown"
    kind = Kind.CONFLICT


def report_controls(
    session: Session,
    actor: Actor,
    hazard_id: UUID,
    step_id: UUID,
    *,
    note: str,
    photo_ids: Sequence[UUID],
    captured_at: datetime | None = None,
) -> Hazard:
    """Show the temporary controls that stand, as whoever puts it right or as an admin of the community.

    They stand since ``captured_at``, where his phone says when.

    Raises NotFoundError, OtherContentError, IllegalStepError, NotAssigneeError, NoControlsNeededError.
    """
    verb = HazardStep.REPORT_CONTROLS
    sent: dict[str, Any] = {"note": note, "photo_ids": list(photo_ids)}
    step = begin(session, actor, hazard_id, step_id, verb, captured_at=captured_at, **sent)
    hazard = step.hazard
    if step.repeated:
        return hazard
    if not may_answer(session, actor, hazard):
        raise NotAssigneeError(id=hazard_id)
    if hazard.level is not HazardLevel.MAJOR:
        raise NoControlsNeededError(id=hazard_id)
    hazard.controls_reported_at, hazard.controls_checked_at = step.happened_at, None
    wind(hazard)
    step.leave(verb, note=note, photo_ids=photo_ids)
    ask_county(session, hazard, verb, but={actor.user_id})
    return hazard


def check_controls(
    session: Session,
    actor: Actor,
    hazard_id: UUID,
    step_id: UUID,
    *,
    passed: bool,
    note: str = "",
    photo_ids: Sequence[UUID] = (),
) -> Hazard:
    """Find the controls good, or want others within 24 hours.

    Raises NotFoundError, OtherContentError, OwnHouseholdError, IllegalStepError, NoControlsShownError.
    """
    verb = HazardStep.CHECK_CONTROLS
    step = begin(
        session, actor, hazard_id, step_id, verb, passed=passed, note=note, photo_ids=list(photo_ids)
    )
    hazard = step.hazard
    if step.repeated:
        return hazard
    if hazard.controls_reported_at is None or hazard.controls_checked_at is not None:
        raise NoControlsShownError(id=hazard_id)
    if passed:
        hazard.controls_checked_at = step.at
    else:
        hazard.controls_reported_at = None
        want_controls(hazard, at=step.at)
    step.leave(verb, note=note, photo_ids=photo_ids, passed=passed)
    people = in_hand_of(session, hazard) - {actor.user_id}
    refused = {} if passed else {"what": "controls_refused"}
    tell_all(session, NoticeKind.HAZARD_MATTER, hazard, people, verb, **refused)
    return hazard
