"""On which days somebody's visits were due in a span that is over, or goes on (domain.md, supervision).

Records say only when the next visit is due. The days before follow from what stays: who was reached on
which day, and what was changed of a record when.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from app.actors import Scope
from app.clock import SHANGHAI, business_day, end_of, start_of
from app.models import (
    CareEvent,
    CareLevel,
    CareRecord,
    CareStep,
    Resident,
    RosterChange,
    RosterChangeKind,
    Visit,
    VisitOutcome,
)
from app.people import whereabouts
from app.visits.due import due_by_level, first_due, willing

MOST_RECORDS = 1000
"""More than one worker has ever; what is beyond is left out, and said to be."""
_FURTHEST = timedelta(days=93)
"""No two visits are further apart than 92 days: what happened before or after has no share in a span."""
_DAY = timedelta(days=1)
_AWAY_OR_NOT = (RosterChangeKind.PRESENCE, RosterChangeKind.MOVED_IN, RosterChangeKind.MOVED_WITHIN)


@dataclass(frozen=True)
class DueVisits:
    """What became of the visits that were due in a span."""

    due: int
    done: int
    on_time: int
    overdue: int
    """Of how many nobody was reached in time, at the end of the span or today, whenever that was due."""
    more: bool
    """More than a thousand records: some were left out."""


@dataclass(frozen=True)
class _Turn:
    """A visit that was due, and what became of it."""

    due_on: date
    called_on: date | None = None
    """When somebody first called, reached or not."""
    reached_on: date | None = None

    def waits(self, over_before: date, reached_by: date) -> bool:
        """Say whether its day lies before one, and nobody had been reached by another."""
        return self.due_on < over_before and (self.reached_on is None or self.reached_on > reached_by)

    @property
    def on_time(self) -> bool:
        """Say whether somebody called by that day, and reached him then or later."""
        return self.reached_on is not None and self.called_on is not None and self.called_on <= self.due_on


@dataclass
class _Known:
    """What is known of one record."""

    record: CareRecord
    awaited: bool
    """The resident lives there now and does not refuse."""
    levels: list[CareEvent] = field(default_factory=list)
    workers: list[CareEvent] = field(default_factory=list)
    doubts: set[date] = field(default_factory=set)
    """Days on which it changed whether anybody was to call: before that nobody may have been awaited."""
    calls: list[tuple[date, bool]] = field(default_factory=list)

    def worker_on(self, day: date) -> UUID:
        """Give whose care it was at the end of a day."""
        later = next((one for one in self.workers if one.day > day), None)
        return self.record.worker_id if later is None else UUID(later.data["before"]["worker_id"])

    def counts(self, turn: _Turn, today: date) -> bool:
        """Say whether somebody was awaited then, as far as that is known, and the day is over or he came."""
        ended_on = self.record.ended_on
        if ended_on is not None and turn.due_on > ended_on:
            return False
        if turn.reached_on is None:
            return turn.due_on < today and (self.awaited or ended_on is not None)
        return turn.on_time or not any(turn.due_on <= one <= turn.reached_on for one in self.doubts)


def due_visits(
    session: Session,
    worker_id: UUID,
    scope: Scope,
    *,
    first: date,
    last: date,
    away: Collection[tuple[date, date]],
) -> DueVisits:
    """Count the visits that were due from the first to the last day, and were a worker's, in five statements.

    Each was due so many days after somebody was last reached, or after care began, as level and interval
    were then; weather that asked for it earlier makes nobody late, nor does a visit in vain give another day.
    It is his whose care it was on that day, whoever made it, but not of days on which he was ``away``. It is
    done once somebody was reached, and on time if somebody called by that day. What is due today counts once
    it is done. Where residents were away or refused, as far as that is known, no visit was due.
    """
    known, more = _records(session, worker_id, scope, first, last)
    if known:
        _fill(session, known, first=first, last=last)
    today = business_day()
    over_before, end = min(last + _DAY, today), min(last, today)
    due = done = on_time = overdue = 0
    for one in known.values():
        for turn in _turns(one, first - _FURTHEST):
            if not one.counts(turn, today):
                continue
            ended = one.record.ended_on is not None and one.record.ended_on <= end
            overdue += turn.waits(over_before, end) and not ended and one.worker_on(end) == worker_id
            if not first <= turn.due_on <= last or one.worker_on(turn.due_on) != worker_id:
                continue
            if any(since <= turn.due_on <= until for since, until in away):
                continue
            due += 1
            done += turn.reached_on is not None
            on_time += turn.on_time
    return DueVisits(due, done, on_time, overdue, more)


def _records(
    session: Session, worker_id: UUID, scope: Scope, first: date, last: date
) -> tuple[dict[UUID, _Known], bool]:
    """Give the records that are the worker's, or were since the first day."""
    was_his = select(CareEvent.care_record_id).where(
        scope.clause(CareEvent.area_code),
        CareEvent.step == CareStep.WORKER,
        CareEvent.day > first,
        CareEvent.data["before"]["worker_id"].astext == str(worker_id),
    )
    here = and_(whereabouts.here(), willing())
    query = (
        select(CareRecord, here, Resident.back_on)
        .join(CareRecord.resident)
        .where(
            scope.clause(CareRecord.area_code),
            or_(CareRecord.worker_id == worker_id, CareRecord.id.in_(was_his)),
            CareRecord.started_on <= last,
            or_(CareRecord.ended_on.is_(None), CareRecord.ended_on >= first),
        )
        .order_by(CareRecord.id)
        .limit(MOST_RECORDS + 1)
    )
    rows = session.execute(query).all()
    found = {
        record.id: _Known(record, awaited, doubts={back_on} if back_on else set())
        for record, awaited, back_on in rows[:MOST_RECORDS]
    }
    return found, len(rows) > MOST_RECORDS


def _fill(session: Session, known: Mapping[UUID, _Known], *, first: date, last: date) -> None:
    """Read what was done with these records, a day at a time."""
    since, until = first - _FURTHEST, last + _FURTHEST
    steps = (CareStep.LEVEL, CareStep.WORKER, CareStep.WILLINGNESS)
    events = select(CareEvent).where(
        CareEvent.care_record_id.in_(known), CareEvent.step.in_(steps), CareEvent.day >= since
    )
    for event in session.scalars(events.order_by(CareEvent.at, CareEvent.id)):
        one = known[event.care_record_id]
        if event.step is CareStep.WILLINGNESS:
            one.doubts.add(business_day(event.at))
        else:
            (one.levels if event.step is CareStep.LEVEL else one.workers).append(event)
    day = cast(func.timezone(SHANGHAI.key, Visit.happened_at), Date)
    reached = func.bool_or(Visit.outcome != VisitOutcome.NOT_REACHED)
    calls = (
        select(Visit.care_record_id, day, reached)
        .where(
            Visit.care_record_id.in_(known),
            Visit.happened_at >= start_of(since),
            Visit.happened_at < end_of(until),
        )
        .group_by(Visit.care_record_id, day)
        .order_by(day)
    )
    for record_id, on, whether in session.execute(calls):
        known[record_id].calls.append((on, whether))
    of_resident: dict[UUID | None, list[_Known]] = defaultdict(list)
    for one in known.values():
        of_resident[one.record.resident_id].append(one)
    changes = select(RosterChange.resident_id, RosterChange.at, RosterChange.day).where(
        RosterChange.resident_id.in_(of_resident),
        RosterChange.kind.in_(_AWAY_OR_NOT),
        RosterChange.at >= start_of(since),
    )
    for resident_id, at, on in session.execute(changes):
        for one in of_resident.get(resident_id, ()):
            one.doubts |= {business_day(at), on}


def _turns(one: _Known, since: date) -> Iterator[_Turn]:
    """Give the visits of a record in their order, the last one still to come.

    What was due before ``since`` is given as due then: it is over, and no more is asked of it.
    """
    record, levels = one.record, one.levels
    level, every_days = record.level, record.every_days
    if levels:
        level, every_days = _held(levels[0].data["before"])
    due_on = (
        max(since, first_due(level, record.started_on, every_days)) if record.started_on >= since else since
    )
    called_on = last_on = None
    for on, what in _in_order(levels, one.calls):
        if isinstance(what, CareEvent):
            now_level, now_every = _held(what.data["now"])
            stood = CareRecord(
                level=level,
                every_days=every_days,
                started_on=record.started_on,
                last_visited_on=last_on,
                not_reached=int(called_on is not None),
                next_due_on=due_on,
            )
            due_on = max(since, due_by_level(stood, now_level, now_every, on))
            level, every_days = now_level, now_every
            continue
        called_on = called_on or on
        if what:
            yield _Turn(due_on, called_on, on)
            due_on, called_on, last_on = on + timedelta(days=every_days), None, on
    yield _Turn(due_on, called_on)


def _in_order(
    levels: Sequence[CareEvent], calls: Sequence[tuple[date, bool]]
) -> list[tuple[date, CareEvent | bool]]:
    """Give changes and calls by day; what was changed on a day holds for its visit."""
    every: list[tuple[date, CareEvent | bool]] = [*((one.day, one) for one in levels), *calls]
    return sorted(every, key=lambda pair: pair[0])


def _held(said: Mapping[str, Any]) -> tuple[CareLevel, int]:
    return CareLevel(said["level"]), int(said["every_days"])
