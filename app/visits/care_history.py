"""What was changed of a care record, by whom, when and why: written once, read by readers of the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import business_day, now
from app.ids import new_id
from app.models import CareEvent, CareRecord, CareStep
from app.once import append_event, content_hash
from app.sealing import Cell, Opener, Sealer
from app.visits.care_shown import seen_care_record
from app.visits.leave import Leave


@dataclass(frozen=True)
class Change:
    """One change: what held ``before``, if anything did, and what holds ``now``."""

    step: CareStep
    data: dict[str, Any]
    reason: str = ""
    day: date | None = None
    """Since when it holds, if not today."""


def keep(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    record: CareRecord,
    change: Change,
    *,
    step_id: UUID | None = None,
    sent: bytes | None = None,
) -> None:
    """Write a change; ``sent`` is the hash of what was sent under ``step_id``. Raises OtherContentError."""
    event_id, at = step_id or new_id(), now()
    append_event(
        session,
        CareEvent,
        event_id,
        sent or content_hash(change.step, actor.user_id, record.id, at),
        area_code=record.area_code,
        care_record_id=record.id,
        step=change.step,
        actor_id=actor.user_id,
        at=at,
        day=change.day or business_day(at),
        data=change.data,
        reason_sealed=_sealed(sealer, event_id, change.reason),
    )


def care_history(
    session: Session, actor: Actor, record_id: UUID, *, after: UUID | None, limit: int
) -> tuple[Sequence[CareEvent], Leave | None]:
    """List what was changed of a care record, the newest first, and by what leave it is read.

    Raises NotFoundError, NotResponsibleError, TicketNeededError.
    """
    leave = seen_care_record(session, actor, record_id).leave
    query = select(CareEvent).where(CareEvent.care_record_id == record_id)
    if after is not None:
        query = query.where(CareEvent.id < after)
    return session.scalars(query.order_by(CareEvent.id.desc()).limit(limit)).all(), leave


def reason_of(sealer: Opener, event: CareEvent) -> str:
    """Give why it was changed; nothing where nobody said so, or once its time was over."""
    if event.reason_sealed is None:
        return ""
    return sealer.open(event.reason_sealed, Cell("care_events", "reason_sealed", event.id))


def _sealed(sealer: Sealer, event_id: UUID, reason: str) -> bytes | None:
    return sealer.seal(reason, Cell("care_events", "reason_sealed", event_id)) if reason else None
