"""Whether somebody could have come from one place to the next in the time between two of his records."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, literal, select, union_all, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.evidence.coordinates import ACCURACY_KNOWN_M, accuracy_is_known, distance_m, to_wgs84
from app.models import ClockFlag, Hazard, Inspection, Presence, Visit

FASTEST_KMH = 120
"""The highest speed that any road allows (Regulations on the Road Traffic Safety Law, art. 78)."""
LEAST_GAP = timedelta(seconds=60)
"""Two positions nearer in time say nothing: what they are off by is more than the way between them."""
SPEED_UNLIKELY = "speed_unlikely"
_RECORDS: dict[str, Any] = {
    "inspection": (Inspection, Inspection.worker_id, ()),
    "visit": (Visit, Visit.worker_id, ()),
    # What an inspection raised has the inspection's own position.
    "hazard": (Hazard, Hazard.reported_by, (Hazard.inspection_id.is_(None),)),
}


@dataclass(frozen=True)
class Fix:
    """Where somebody was, and when; ``accuracy_m`` is how far off it may be."""

    at: datetime
    lng: float
    lat: float
    accuracy_m: float
    datum: str


def is_unlikely(one: Fix, other: Fix) -> bool:
    """Say whether nobody travels so fast: the way less both accuracies, by the time between."""
    gap = abs(other.at - one.at)
    if gap < LEAST_GAP or not (accuracy_is_known(one.accuracy_m) and accuracy_is_known(other.accuracy_m)):
        return False
    ends = [to_wgs84(fix.lng, fix.lat, fix.datum) for fix in (one, other)]
    way_m = distance_m(*ends) - one.accuracy_m - other.accuracy_m
    return way_m / gap.total_seconds() * 3.6 > FASTEST_KMH


def check_speed(session: Session, worker_id: UUID, record_id: UUID, fix: Fix) -> bool:
    """Compare with the worker's positions before and after, whichever of the records arrived first.

    The later one in time is marked: gives whether that is this one, and marks the next one itself. Two that
    arrive in the same moment do not see each other.
    """
    bounds: dict[str, Any] = {"until": fix.at - LEAST_GAP, "since": fix.at + LEAST_GAP}
    bounds |= {"worker": worker_id, "record": record_id}
    rows = session.execute(_NEIGHBOURS, bounds).all()
    before = max((row for row in rows if row.captured_at < fix.at), key=_moment, default=None)
    after = min((row for row in rows if row.captured_at > fix.at), key=_moment, default=None)
    if after is not None and is_unlikely(fix, _fix(after)):
        _mark(session, after.kind, after.id)
    return before is not None and is_unlikely(_fix(before), fix)


def _moment(row: Any) -> datetime:
    at: datetime = row.captured_at
    return at


def _fix(row: Any) -> Fix:
    return Fix(row.captured_at, row.lng, row.lat, row.accuracy_m, row.datum)


def _side(kind: str, *, earlier: bool) -> Any:
    model, worker, more = _RECORDS[kind]
    at = model.captured_at
    return (
        select(literal(kind).label("kind"), model.id, at, model.lng, model.lat, model.accuracy_m, model.datum)
        .where(
            worker == bindparam("worker"),
            model.id != bindparam("record"),
            model.lng.is_not(None),
            model.accuracy_m > 0,
            model.accuracy_m <= ACCURACY_KNOWN_M,
            model.clock_flag == ClockFlag.OK,
            at <= bindparam("until") if earlier else at >= bindparam("since"),
            *more,
        )
        .order_by(at.desc() if earlier else at)
        .limit(1)
        .subquery()
        .select()
    )


_NEIGHBOURS = union_all(*(_side(kind, earlier=earlier) for kind in _RECORDS for earlier in (True, False)))
"""The nearest on each side among each kind of record: an index of each has them in their order."""


def _mark(session: Session, kind: str, record_id: UUID) -> None:
    """Add the reason to a record that is there already: it weighs less, and nothing else of it changes."""
    model = _RECORDS[kind][0]
    lowered = {Presence.CONFIRMED: Presence.PROBABLE}
    row = session.get(model, record_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is not None and SPEED_UNLIKELY not in row.presence_reasons:
        session.execute(
            update(model)
            .where(model.id == record_id)
            .values(
                presence_reasons=literal([*row.presence_reasons, SPEED_UNLIKELY], JSONB),
                presence=lowered.get(row.presence, row.presence),
            )
        )
