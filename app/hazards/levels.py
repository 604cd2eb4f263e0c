"""A hazard that proves to be major after it was reported (domain.md, inspections and hazards)."""

from typing import Any

from sqlalchemy.orm import Session

from app.actors import Actor
from app.hazards.alarms import RUNNING
from app.hazards.clocks import Clocks
from app.hazards.deadlines import want_controls
from app.hazards.steps import record
from app.hazards.telling import tell_raised
from app.models import Hazard, HazardLevel, HazardStatus, HazardStep


def become_major(
    session: Session, actor: Actor, hazard: Hazard, *, sent: bytes, when: Clocks, **why: Any
) -> None:
    """Make a locked hazard that is open major, as if it had been accepted so; the county is told at once.

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
        want_controls(hazard, at=when.at)
    record(session, actor, hazard, HazardStep.RAISE_LEVEL, sent=sent, when=when, level=hazard.level, **why)
    tell_raised(session, actor, hazard)
