"""A worker's month, for the talk about it: what was due, what was done, and what his records show.

He sees it first; the community's admin reads it from the third day of the next month on. There is one worker
in it and never several: it ranks nobody. What counts in a month is what was due in it, whenever it was done;
of records, what he made in it. It names nobody, and no place.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.actors import Actor, Role
from app.clock import business_day
from app.employment import months_before, this_month
from app.errors import DomainError, Kind, NotFoundError
from app.models import Absence, Grant, User
from app.reports.worker_figures import (
    DueFollowUps,
    DueHazards,
    DueInspections,
    MadeVisits,
    RecordSigns,
    Span,
    due_follow_ups,
    due_hazards,
    due_inspections,
    made_visits,
    signs_of,
)
from app.visits import DueVisits, due_visits

SHOWN_FROM = 3
"""The day of the next month from which on an admin reads a month: until then the worker has it alone."""
MOST_ABSENCES = 400
MONTHS_BACK = 12
"""So many months before this one may be read; a talk is about the last."""


class TalkMonthError(DomainError):
    """The month is still to come, or more than a year ago (data: ``first`` and ``last`` that are open)."""

    code = "talk_month"
    kind = Kind.INVALID


class MonthUnseenError(DomainError):
    """The worker sees his month first (data: ``from_on``, the day from which on others do)."""

    code = "month_unseen"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class WorkerMonth:
    """A worker's month; ``until`` is the last day that counts by now."""

    month: date
    until: date
    inspections: DueInspections
    visits: DueVisits
    made_visits: MadeVisits
    follow_ups: DueFollowUps
    signs: RecordSigns
    hazards: DueHazards
    absent_days: int


def own_month(session: Session, actor: Actor, month: date) -> WorkerMonth:
    """Give one's own month, this one included, in the communities where one has a post.

    Raises TalkMonthError.
    """
    assert actor.user_id is not None, "nobody without an account has a post"
    _check_month(month)
    return _month_of(session, Span(actor.user_id, actor.scope.widened(), month, _last_of(month)))


def worker_month(session: Session, actor: Actor, user_id: UUID, month: date) -> WorkerMonth:
    """Give the month of somebody who was a grid worker in the actor's areas then, as far as it lies there.

    Raises NotFoundError for everybody else, TalkMonthError, MonthUnseenError while he alone sees it.
    """
    _check_month(month)
    span = Span(user_id, actor.scope, month, _last_of(month))
    post = exists().where(
        Grant.user_id == user_id,
        User.id == Grant.user_id,
        User.closed_at.is_(None),
        Grant.role == Role.GRID_WORKER,
        actor.scope.clause(Grant.area_code),
        Grant.valid_from < span.end,
        or_(Grant.valid_until.is_(None), Grant.valid_until > span.start),
        or_(Grant.ended_at.is_(None), Grant.ended_at > span.start),
    )
    if not session.scalar(select(post)):
        raise NotFoundError
    from_on = months_before(month, -1).replace(day=SHOWN_FROM)
    if user_id != actor.user_id and business_day() < from_on:
        raise MonthUnseenError(from_on=from_on)
    return _month_of(session, span)


def _check_month(month: date) -> None:
    first, last = months_before(this_month(), MONTHS_BACK), this_month()
    if not first <= month <= last:
        raise TalkMonthError(field="month", first=f"{first:%Y-%m}", last=f"{last:%Y-%m}")


def _last_of(month: date) -> date:
    return months_before(month, -1) - timedelta(days=1)


def _month_of(session: Session, span: Span) -> WorkerMonth:
    """Count it, in a number of statements that no row adds to."""
    until = min(span.last, business_day())
    away = _away(session, span)
    days = {since + timedelta(days=one) for since, last in away for one in range((last - since).days + 1)}
    visits = due_visits(session, span.worker_id, span.scope, first=span.first, last=span.last, away=away)
    return WorkerMonth(
        month=span.first,
        until=until,
        inspections=due_inspections(session, span),
        visits=visits,
        made_visits=made_visits(session, span),
        follow_ups=due_follow_ups(session, span, away),
        signs=signs_of(session, span),
        hazards=due_hazards(session, span),
        absent_days=sum(day <= until for day in days),
    )


def _away(session: Session, span: Span) -> list[tuple[date, date]]:
    """Give the days of the month on which he was away; the one on which he came back early is one."""
    query = select(Absence.from_on, Absence.until_on, Absence.ended_at).where(
        Absence.worker_id == span.worker_id,
        span.scope.clause(Absence.area_code),
        Absence.from_on <= span.last,
        Absence.until_on >= span.first,
    )
    spans = [
        (
            max(from_on, span.first),
            min(until_on, span.last, until_on if ended_at is None else business_day(ended_at)),
        )
        for from_on, until_on, ended_at in session.execute(query.limit(MOST_ABSENCES))
    ]
    return [one for one in spans if one[0] <= one[1]]
