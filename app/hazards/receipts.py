"""What a visitor may follow of his own report: its state, its steps, the reason of a refusal."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.evidence import photos_of
from app.hazards.merging import kept_for
from app.hazards.satisfaction import opens_as_visitors
from app.models import HAZARD_QUIET, Hazard, HazardEvent, HazardSource, HazardStatus, HazardStep

_MAX_STEPS = 100
_UNSHOWN = HAZARD_QUIET | {HazardStep.RECUR}


@dataclass(frozen=True)
class Receipt:
    """A report made at a code, as its reporter sees it."""

    hazard: Hazard
    status: HazardStatus
    """Of the hazard it was merged into, if it was merged; ``duplicate`` where that one is frozen since its
    reporter closed his account."""
    merged: bool
    steps: list[HazardEvent]
    reason: str
    """Why it was not accepted; empty otherwise."""
    photo_count: int
    is_his: bool
    """Whoever looks has the key in its address."""
    said: str
    """What he wrote when he last said how satisfied he is: to change the face is not to take it back."""


def receipt(session: Session, place_id: UUID, hazard_id: UUID, *, key: str = "") -> Receipt:
    """Give what came of a report made at a place without an account; to know its id is the right to ask.

    Nobody who handles it is named, and of their notes only the reason of a refusal is shown.

    Raises NotFoundError for anything else.
    """
    hazard = session.get(Hazard, hazard_id)
    if hazard is None or hazard.place_id != place_id or hazard.source is not HazardSource.VISITOR:
        raise NotFoundError
    kept = kept_for(session, [hazard], reader=None).get(hazard.id)
    return Receipt(
        hazard=hazard,
        status=kept.hazard.status if kept else hazard.status,
        merged=hazard.status is HazardStatus.DUPLICATE,
        steps=_steps(session, hazard.id),
        reason=kept.reason if kept else _reason(session, hazard),
        is_his=opens_as_visitors(hazard, key),
        said=_said(session, hazard_id) if opens_as_visitors(hazard, key) else "",
        photo_count=len(photos_of(session, [hazard.id])[hazard.id]),
    )


def _steps(session: Session, hazard_id: UUID) -> list[HazardEvent]:
    """Give the first steps in their order; that somebody else saw it too is no step of its own."""
    query = select(HazardEvent).where(HazardEvent.hazard_id == hazard_id, HazardEvent.step.not_in(_UNSHOWN))
    return list(session.scalars(query.order_by(HazardEvent.number).limit(_MAX_STEPS)))


def _reason(session: Session, hazard: Hazard) -> str:
    query = select(HazardEvent.note).where(
        HazardEvent.hazard_id == hazard.id, HazardEvent.step == HazardStep.REJECT
    )
    return session.scalar(query.limit(1)) or ""


def _said(session: Session, hazard_id: UUID) -> str:
    query = select(HazardEvent.note).where(
        HazardEvent.hazard_id == hazard_id, HazardEvent.step == HazardStep.RATE
    )
    return session.scalar(query.order_by(HazardEvent.number.desc()).limit(1)) or ""
