"""What was due of a worker in a span and done, and what his records show: figures that name nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.actors import Scope
from app.clock import SHANGHAI, business_day, end_of, now, start_of
from app.evidence import lacks_photos
from app.models import (
    HAZARD_PUT_RIGHT,
    AnswerResult,
    CareEvent,
    CareRecord,
    CareStep,
    ClockFlag,
    FollowUp,
    Hazard,
    HazardEvent,
    HazardStatus,
    HazardStep,
    Inspection,
    InspectionAnswer,
    Occurrence,
    PhotoLink,
    PhotoOwner,
    Presence,
    Visit,
    VisitMode,
    VisitOutcome,
)

WELL = frozenset({"code_scanned", "inside", "witness_met", "challenge_met", "photo"})
"""Reasons that speak for presence; all others say what was lacking or doubtful."""
MOST_REASONS = 40
LONGEST_WINDOW = timedelta(days=92)
"""An occurrence opens at most so long before its deadline; an index goes by the opening."""


@dataclass(frozen=True)
class DueInspections:
    """What became of the occurrences whose deadline lies in a month; ``due`` is the sum of the others."""

    due: int
    done: int
    """Within their windows; ``on_time`` of them before the deadline."""
    on_time: int
    late: int
    """After the window, with a reason."""
    missed: int
    overdue: int
    """Over their deadline and still in the window."""
    for_others: int
    """Done by him at places that were somebody else's; those handed over to him are among the ``due`` too."""


@dataclass(frozen=True)
class MadeVisits:
    """Visits that he made in a month, of whatever kind and due whenever."""

    made: int
    reached_nobody: int
    for_others: int
    """Of residents whose care was somebody else's then."""


@dataclass(frozen=True)
class DueFollowUps:
    """What became of the follow-ups of his whose day lies in a month."""

    due: int
    closed: int
    on_time: int
    overdue: int
    """Open at the end of the month, or today, and over their day, whenever that was."""


@dataclass(frozen=True)
class RecordSigns:
    """What his records of a month show: inspections, and visits in person."""

    records: int
    confirmed: int
    probable: int
    unverified: int
    reasons: Sequence[tuple[str, int]]
    """Why presence was not confirmed: what was lacking or doubtful, and in how many records."""
    with_photos: int
    """Those that name photos; ``all_photos`` of them have all of theirs here."""
    all_photos: int
    problems: int
    """Answers of his inspections that found one."""


@dataclass(frozen=True)
class DueHazards:
    """Hazards given to him whose deadline, as it is now, lies in a month."""

    due: int
    put_right: int
    on_time: int


@dataclass(frozen=True)
class Span:
    """Whose month, and where."""

    worker_id: UUID
    scope: Scope
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """Give its first moment."""
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """Give the moment at which it is over."""
        return end_of(self.last)

    def holds(self, at: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        """Say in SQL that a moment lies in it."""
        return and_(at >= self.start, at < self.end)


def due_inspections(session: Session, span: Span) -> DueInspections:
    """Count the occurrences that were his when they were done, or are, by their deadlines."""
    at = now()
    of_month = and_(
        span.scope.clause(Occurrence.area_code),
        Occurrence.opens_at.between(span.start - LONGEST_WINDOW, span.end),
        span.holds(Occurrence.due_at),
    )
    done = Occurrence.done_at.is_not(None)
    in_window = Occurrence.done_at < Occurrence.missed_at
    rows = select(
        func.count(),
        func.count().filter(in_window),
        func.count().filter(Occurrence.done_at <= Occurrence.due_at),
        func.count().filter(done, ~in_window),
        func.count().filter(~done, Occurrence.missed_at <= at),
    ).where(of_month, Occurrence.worker_id == span.worker_id, or_(done, Occurrence.due_at <= at))
    due, in_time, on_time, late, missed = session.execute(rows).one()
    others = (
        select(func.count())
        .select_from(Occurrence)
        .join(Occurrence.inspection)
        .where(of_month, Inspection.worker_id == span.worker_id)
        .where(Occurrence.original_worker_id != span.worker_id)
    )
    for_others = session.scalar(others) or 0
    return DueInspections(due, in_time, on_time, late, missed, due - in_time - late - missed, for_others)


def made_visits(session: Session, span: Span) -> MadeVisits:
    """Count the visits that he made, also where the care was another's."""
    former = (
        select(CareEvent.data["before"]["worker_id"].astext)
        .where(
            CareEvent.care_record_id == Visit.care_record_id,
            CareEvent.step == CareStep.WORKER,
            CareEvent.at > Visit.happened_at,
        )
        .order_by(CareEvent.at)
        .limit(1)
        .scalar_subquery()
    )
    whose = func.coalesce(former, cast(CareRecord.worker_id, Text))
    query = (
        select(
            func.count(),
            func.count().filter(Visit.outcome == VisitOutcome.NOT_REACHED),
            func.count().filter(whose != str(span.worker_id)),
        )
        .select_from(Visit)
        .join(Visit.care_record)
        .where(
            span.scope.clause(Visit.area_code),
            Visit.worker_id == span.worker_id,
            span.holds(Visit.happened_at),
        )
    )
    return MadeVisits(*session.execute(query).one())


def due_follow_ups(session: Session, span: Span, away: Sequence[tuple[date, date]]) -> DueFollowUps:
    """Count what he owns by its day; days on which he was away are not his."""
    today = business_day()
    end = min(span.last, today)
    done_on = cast(func.timezone(SHANGHAI.key, FollowUp.done_at), Date)
    closed = FollowUp.done_at.is_not(None)
    absent = or_(false(), *(FollowUp.due_on.between(*days) for days in away))
    of_month = and_(FollowUp.due_on.between(span.first, span.last), ~absent)
    due = and_(of_month, or_(closed, FollowUp.due_on < today))
    waits = and_(FollowUp.due_on < min(span.last + timedelta(days=1), today), or_(~closed, done_on > end))
    query = select(
        func.count().filter(due),
        func.count().filter(of_month, closed),
        func.count().filter(of_month, done_on <= FollowUp.due_on),
        func.count().filter(waits),
    ).where(span.scope.clause(FollowUp.area_code), FollowUp.owner_id == span.worker_id)
    return DueFollowUps(*session.execute(query).one())


def signs_of(session: Session, span: Span) -> RecordSigns:
    """Count his inspections and visits in person, in three statements."""
    records = union_all(
        _made(Inspection, PhotoOwner.INSPECTION, span),
        _made(Visit, PhotoOwner.VISIT, span).where(Visit.mode == VisitMode.IN_PERSON),
    ).subquery()
    by_presence = (func.count().filter(records.c.presence == one) for one in Presence)
    named = records.c.named
    counted = select(func.count(), *by_presence, func.count().filter(named))
    query = counted.add_columns(func.count().filter(named, ~records.c.lacking))
    every, confirmed, probable, unverified, with_photos, whole = session.execute(query).one()
    lacking = (
        select(func.jsonb_array_elements_text(records.c.presence_reasons).label("reason"))
        .where(records.c.presence != Presence.CONFIRMED)
        .subquery()
    )
    reasons = (
        select(lacking.c.reason, func.count())
        .where(lacking.c.reason.not_in(sorted(WELL)))
        .group_by(lacking.c.reason)
        .order_by(func.count().desc(), lacking.c.reason)
        .limit(MOST_REASONS)
    )
    problems = (
        select(func.count())
        .select_from(InspectionAnswer)
        .join(Inspection, Inspection.id == InspectionAnswer.inspection_id)
        .where(_made_by(Inspection, span), InspectionAnswer.result == AnswerResult.PROBLEM)
    )
    return RecordSigns(
        records=every,
        confirmed=confirmed,
        probable=probable,
        unverified=unverified,
        reasons=[(one, count) for one, count in session.execute(reasons)],
        with_photos=with_photos,
        all_photos=whole,
        problems=session.scalar(problems) or 0,
    )


def due_hazards(session: Session, span: Span) -> DueHazards:
    """Count by the last time he put each right; what is given back to the list by a recheck is not.

    What another put right, who had it before, is due of that one and no more of whoever has it now.
    """
    happened = case((HazardEvent.clock_flag == ClockFlag.OK, HazardEvent.captured_at), else_=HazardEvent.at)
    put_right_at = (
        select(func.max(happened))
        .where(HazardEvent.hazard_id == Hazard.id, HazardEvent.step == HazardStep.RECTIFY)
        .scalar_subquery()
    )
    is_right = Hazard.status.in_(HAZARD_PUT_RIGHT)
    put_right = and_(Hazard.rectified_by == span.worker_id, is_right)
    dropped = Hazard.status.in_([HazardStatus.REJECTED, HazardStatus.DUPLICATE])
    query = select(
        func.count().filter(or_(put_right, Hazard.due_at <= now())),
        func.count().filter(put_right),
        func.count().filter(put_right, put_right_at <= Hazard.due_at),
    ).where(
        span.scope.clause(Hazard.area_code),
        or_(and_(Hazard.assignee_id == span.worker_id, ~is_right), put_right),
        span.holds(Hazard.due_at),
        ~dropped,
    )
    return DueHazards(*session.execute(query).one())


def _made(model: Any, owner: PhotoOwner, span: Span) -> Select[Any]:
    """Select what his records of the month show."""
    named = exists().where(PhotoLink.record_id == model.id, PhotoLink.record_kind == owner)
    return select(
        model.presence,
        model.presence_reasons,
        named.label("named"),
        lacks_photos(model.id).label("lacking"),
    ).where(_made_by(model, span))


def _made_by(model: Any, span: Span) -> ColumnElement[bool]:
    his = model.worker_id == span.worker_id
    return and_(span.scope.clause(model.area_code), his, span.holds(model.happened_at))
