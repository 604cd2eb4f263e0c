"""A hazard that proves to be major after it was reported (domain.md, inspections and hazards)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.errors import DomainError, Kind
from app.hazards.alarms import RUNNING
from app.hazards.clocks import Clocks
from app.hazards.deadlines import want_controls
from app.hazards.steps import begin, record
from app.hazards.telling import tell_raised
from app.models import Hazard, HazardLevel, HazardStatus, HazardStep


class MajorAlreadyError(DomainError):
    """The hazard is major already; only the county says of a report, as it accepts it, that it is none."""

    code = "major_already"
    kind = Kind.CONFLICT


def raise_level(session: Session, actor: Actor, hazard_id: UUID, step_id: UUID, *, reason: str) -> Hazard:
    """Make a general hazard major that was accepted and is not closed: it is worse than it looked.

    Raises NotFoundError, OtherContentError, IllegalStepError, OwnHouseholdError, MajorAlreadyError.
    """
    step = begin(session, actor, hazard_id, step_id, HazardStep.RAISE_LEVEL, reason=reason)
    hazard = step.hazard
    if step.repeated:
        return hazard
    if hazard.level is HazardLevel.MAJOR:
        raise MajorAlreadyError(id=hazard.id)
    _make_major(hazard, step.at)
    step.leave(HazardStep.RAISE_LEVEL, note=reason, level=hazard.level)
    tell_raised(session, actor, hazard)
    return hazard


def become_major(
    session: Session, actor: Actor, hazard: Hazard, *, sent: bytes, when: Clocks, **why: Any
) -> None:
    """Make a locked hazard that is open major by what was found or merged into it; the county is told."""
    _make_major(hazard, when.at)
    record(session, actor, hazard, HazardStep.RAISE_LEVEL, sent=sent, when=when, level=hazard.level, **why)
    tell_raised(session, actor, hazard)


def _make_major(hazard: Hazard, at: datetime) -> None:
    """Let a hazard be as if it had been accepted as major.

    Its controls have their 24 hours from now, unless it waits to be accepted or is put right. Whoever has it
    keeps it. Who works on it without five fixed items starts anew with them, of a unit whoever does; a wish
    for more time, which is the county's to grant from now on, goes.
    """
    hazard.level = HazardLevel.MAJOR
    hazard.asked_due_at = None
    if hazard.status is HazardStatus.RECTIFYING and hazard.five_fixed is None:
        if hazard.unit_id is not None:
            hazard.assignee_id = None
        hazard.advance(HazardStatus.ASSIGNED)
    if hazard.status in RUNNING:
        want_controls(hazard, at=at)
