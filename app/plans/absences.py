"""Absences: another does a worker's occurrences for some days."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from app import notices
from app.actors import COMMUNITY_DIGITS, Actor
from app.clock import business_day, now
from app.errors import DomainError, Kind, NotFoundError
from app.models import Absence, AbsenceReason, NoticeKind, Occurrence
from app.once import content_hash, insert_once, made_before
from app.plans.roster import roster_of
from app.plans.terms import PlanWorkerError

_MOST_DAYS = 366


class AbsenceSpanError(DomainError):
    """An absence ends on or after its first day, today at the earliest, within a year."""

    code = "absence_span"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewAbsence:
    """Who is away from when until when, both days included, and who stands in for him."""

    area_code: str
    worker_id: UUID
    substitute_id: UUID
    from_on: date
    until_on: date
    reason: AbsenceReason


def record_absence(session: Session, actor: Actor, absence_id: UUID, new: NewAbsence) -> tuple[Absence, bool]:
    """Let somebody stand in for a worker; what was made for those days goes over to him.

    Raises NotFoundError outside the actor's areas, PlanWorkerError for whoever has no post in the community,
    AbsenceSpanError, OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Absence, absence_id, sent, author=Absence.recorded_by, by=actor.user_id)
    if first is not None:
        return first, False
    if not actor.scope.covers(new.area_code) or len(new.area_code) != COMMUNITY_DIGITS:
        raise NotFoundError(field="area_code")
    _check_posts(session, new)
    span = (new.until_on - new.from_on).days
    if not 0 <= span < _MOST_DAYS or new.until_on < business_day():
        raise AbsenceSpanError(field="until_on")
    absence, made = insert_once(
        session,
        Absence,
        absence_id,
        sent,
        recorded_by=actor.user_id,
        created_at=now(),
        **asdict(new),
    )
    if made:
        _hand_over(session, absence)
    return absence, made


def end_absence(session: Session, actor: Actor, absence_id: UUID) -> Absence:
    """Let a worker be back from now on; what has not opened yet is his again. Again changes nothing.

    Raises NotFoundError.
    """
    absence = session.scalars(
        select(Absence)
        .where(Absence.id == absence_id, actor.scope.clause(Absence.area_code))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if absence is None:
        raise NotFoundError
    if absence.ended_at is None:
        absence.ended_at = now()
        session.execute(
            _of(absence)
            .where(
                Occurrence.worker_id == absence.substitute_id,
                Occurrence.original_worker_id == absence.worker_id,
                Occurrence.opens_at > now(),
            )
            .values(worker_id=absence.worker_id)
        )
    return absence


def absences(
    session: Session, actor: Actor, *, worker_id: UUID | None = None, after: UUID | None, limit: int
) -> Sequence[Absence]:
    """List the absences of the actor's areas, the newest first."""
    query = select(Absence).where(actor.scope.clause(Absence.area_code))
    query = query.order_by(Absence.id.desc()).limit(limit)
    if worker_id is not None:
        query = query.where(Absence.worker_id == worker_id)
    if after is not None:
        query = query.where(Absence.id < after)
    return session.scalars(query).all()


def _check_posts(session: Session, new: NewAbsence) -> None:
    """Refuse a worker without a post there, and a substitute who may not do all that is the worker's.

    Raises PlanWorkerError.
    """
    posts = roster_of(session, new.area_code, since=new.from_on).posts
    his = [area_code for area_code, _, user_id in posts if user_id == new.worker_id]
    if not his:
        raise PlanWorkerError(field="worker_id")
    able = tuple(area_code for area_code, _, user_id in posts if user_id == new.substitute_id)
    if new.worker_id == new.substitute_id or not all(area_code.startswith(able) for area_code in his):
        raise PlanWorkerError(field="substitute_id")


def _hand_over(session: Session, absence: Absence) -> None:
    """Give the substitute what was made for those days and can still be done; tell him how many."""
    taken = session.execute(
        _of(absence)
        .where(Occurrence.worker_id == absence.worker_id, Occurrence.missed_at > now())
        .values(worker_id=absence.substitute_id)
        .returning(Occurrence.id)
    ).all()
    if taken:
        notices.post(
            session,
            NoticeKind.OCCURRENCES,
            to=absence.substitute_id,
            area_code=absence.area_code,
            what="reassigned",
            count=len(taken),
        )


def _of(absence: Absence) -> Update:
    """Change what is to be done in the community on the days of an absence."""
    return update(Occurrence).where(
        Occurrence.area_code.startswith(absence.area_code),
        Occurrence.period_on.between(absence.from_on, absence.until_on),
        Occurrence.done_at.is_(None),
    )
