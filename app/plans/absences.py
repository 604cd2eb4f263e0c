"""Absences: another does a worker's occurrences for some days."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from app import notices
from app.actors import COMMUNITY_DIGITS, Actor, Role, Scope
from app.clock import business_day, now
from app.errors import DomainError, Kind, NotFoundError
from app.identity import TABLE, Permission
from app.models import Absence, AbsenceReason, NoticeKind, Occurrence, User
from app.once import content_hash, insert_once, made_before
from app.plans.reassigning import given_by_hand
from app.plans.roster import Roster, keep_absences, roster_of
from app.plans.terms import PlanWorkerError

_MOST_DAYS = 366
_OVERSEEING = TABLE[Permission.PLAN_READ].keys() - {Role.GRID_WORKER}


class OwnStandInError(DomainError):
    """Whoever is away does not stand in for himself."""

    code = "own_stand_in"
    kind = Kind.INVALID


class AbsenceSpanError(DomainError):
    """An absence ends on or after its first day, today at the earliest, within a year."""

    code = "absence_span"
    kind = Kind.INVALID


class AbsenceOverlapsError(DomainError):
    """The worker is away already on some of these days (data: ``since`` and ``until`` of that absence)."""

    code = "absence_overlaps"
    kind = Kind.CONFLICT


class NobodyStandsInError(DomainError):
    """On some day the substitute is away, too, and nobody with a post there is next (data: ``on``)."""

    code = "nobody_stands_in"
    kind = Kind.CONFLICT


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

    So does what is under way already, if it begins today. Who stands in for the substitute does it where he
    is away himself.

    Raises NotFoundError outside the actor's areas, PlanWorkerError for whoever has no post in the community,
    OwnStandInError, AbsenceSpanError, AbsenceOverlapsError, NobodyStandsInError, OtherContentError.
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
    keep_absences(session, new.area_code, writing=True)
    first = made_before(session, Absence, absence_id, sent, author=Absence.recorded_by, by=actor.user_id)
    if first is not None:
        return first, False  # a copy wrote it while this one waited
    _check_alone(session, new)
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
        roster = roster_of(session, absence.area_code, since=business_day())
        _check_stood_in(roster, absence)
        _hand_over(session, absence, roster)
    return absence, made


def end_absence(session: Session, actor: Actor, absence_id: UUID) -> Absence:
    """Let a worker be back from now on; what can still be done is his again. Again changes nothing.

    Raises NotFoundError.
    """
    query = select(Absence).where(Absence.id == absence_id, actor.scope.clause(Absence.area_code))
    absence = session.scalars(query).one_or_none()
    if absence is None:
        raise NotFoundError
    keep_absences(session, absence.area_code, writing=True)
    session.refresh(absence)
    if absence.ended_at is None:
        _give_back(session, absence)
    return absence


def absences(
    session: Session, actor: Actor, *, worker_id: UUID | None = None, after: UUID | None, limit: int
) -> Sequence[Absence]:
    """List the absences of the areas whose plans the actor makes or oversees, and his own, the newest first.

    A worker reads those by which he is away or stands in, and not why others are.
    """
    over = Scope(tuple(held.area_code for held in actor.held if held.role in _OVERSEEING))
    his = or_(Absence.worker_id == actor.user_id, Absence.substitute_id == actor.user_id)
    near = actor.scope.widened().clause(Absence.area_code)
    query = select(Absence).where(or_(over.clause(Absence.area_code), and_(his, near)))
    query = query.order_by(Absence.id.desc()).limit(limit)
    if worker_id is not None:
        query = query.where(Absence.worker_id == worker_id)
    if after is not None:
        query = query.where(Absence.id < after)
    return session.scalars(query).all()


@dataclass(frozen=True)
class Leave:
    """Whose work somebody does today, and until when he is away himself."""

    stands_in_for: list[str]
    """Names."""
    away_until: date | None


def leave_of(session: Session, actor: Actor) -> Leave:
    """Say what absences mean for somebody today, by one statement."""
    today = business_day()
    query = (
        select(Absence.worker_id, User.name, Absence.until_on)
        .join(User, User.id == Absence.worker_id)
        .where(
            or_(Absence.worker_id == actor.user_id, Absence.substitute_id == actor.user_id),
            actor.scope.widened().clause(Absence.area_code),
            Absence.ended_at.is_(None),
            Absence.from_on <= today,
            Absence.until_on >= today,
        )
        .order_by(User.name, User.id)
    )
    rows = session.execute(query).all()
    own = [until_on for worker_id, _, until_on in rows if worker_id == actor.user_id]
    others = {worker_id: name for worker_id, name, _ in rows if worker_id != actor.user_id}
    return Leave(list(others.values()), max(own, default=None))


def _check_posts(session: Session, new: NewAbsence) -> None:
    """Refuse a worker and a substitute without a post there, and one who stands in for himself.

    Raises PlanWorkerError, OwnStandInError.
    """
    if new.substitute_id == new.worker_id:
        raise OwnStandInError(field="substitute_id")
    posts = roster_of(session, new.area_code, since=new.from_on).posts
    his = [area_code for area_code, _, user_id in posts if user_id == new.worker_id]
    if not his:
        raise PlanWorkerError(field="worker_id")
    if new.substitute_id not in {user_id for _, _, user_id in posts}:
        raise PlanWorkerError(field="substitute_id")


def _check_alone(session: Session, new: NewAbsence) -> None:
    """Let nobody be away twice on a day. Raises AbsenceOverlapsError."""
    other = session.scalars(
        select(Absence)
        .where(
            Absence.area_code == new.area_code,
            Absence.worker_id == new.worker_id,
            Absence.ended_at.is_(None),
            Absence.from_on <= new.until_on,
            Absence.until_on >= new.from_on,
        )
        .order_by(Absence.from_on)
        .limit(1)
    ).one_or_none()
    if other is not None:
        raise AbsenceOverlapsError(field="from_on", since=other.from_on, until=other.until_on)


def _check_stood_in(roster: Roster, absence: Absence) -> None:
    """Let somebody with a post there stand in on each day. Raises NobodyStandsInError."""
    day = max(absence.from_on, business_day())
    while day <= absence.until_on:
        if roster.present(absence.worker_id, day) == absence.worker_id:
            raise NobodyStandsInError(field="substitute_id", on=day)
        day += timedelta(days=1)


def _hand_over(session: Session, absence: Absence, roster: Roster) -> None:
    """Give what the worker has and can still be done to whoever is there; tell each how many."""
    today = business_day()
    rows = _of(absence, [absence.worker_id]).where(Occurrence.missed_at > now())
    if absence.from_on > today:
        rows = rows.where(Occurrence.period_on >= absence.from_on)
    taken: Counter[UUID] = Counter()
    for row in session.scalars(rows).all():
        present_id = roster.present(absence.worker_id, max(row.period_on, today))
        if present_id is not None and present_id != row.worker_id:
            row.hand_to(present_id, now())
            taken[present_id] += 1
    _tell(session, absence, taken)


def _give_back(session: Session, absence: Absence) -> None:
    """End it; what others have because of it, and nobody gave them by hand, goes by the roster without it."""
    today = business_day()
    before = roster_of(session, absence.area_code, since=today)
    absence.ended_at = now()
    session.flush()
    after = roster_of(session, absence.area_code, since=today)
    ahead = range((absence.until_on - today).days + 1)
    instead = {before.present(absence.worker_id, today + timedelta(days=one)) for one in ahead}
    rows = _of(absence, [user_id for user_id in instead if user_id is not None])
    rows = rows.where(Occurrence.missed_at > now(), ~given_by_hand()).options(selectinload(Occurrence.plan))
    taken: Counter[UUID] = Counter()
    for row in session.scalars(rows).all():
        day = max(row.period_on, today)
        place = row.plan.roster, row.place_id, row.area_code, day
        chosen_id = after.choose(*place).worker_id
        as_substitute = row.worker_id == before.present(absence.worker_id, day)
        was_his = row.original_worker_id == absence.worker_id
        by_roster = was_his or row.worker_id == before.choose(*place).worker_id
        if not (as_substitute and by_roster) or row.worker_id == chosen_id:
            continue
        row.hand_to(chosen_id, now())
        if chosen_id is not None:
            taken[chosen_id] += 1
    _tell(session, absence, taken)


def _of(absence: Absence, worker_ids: Sequence[UUID]) -> Select[Occurrence]:
    """Read what some people have to do in the community until the last day of an absence."""
    query = select(Occurrence).where(
        Occurrence.worker_id.in_(worker_ids),
        Occurrence.area_code.startswith(absence.area_code),
        Occurrence.period_on <= absence.until_on,
        Occurrence.done_at.is_(None),
    )
    query = query.order_by(Occurrence.id).with_for_update(key_share=True)
    return query.execution_options(populate_existing=True)


def _tell(session: Session, absence: Absence, taken: Mapping[UUID, int]) -> None:
    for user_id, count in taken.items():
        about = {"what": "reassigned", "count": count}
        notices.post(session, NoticeKind.OCCURRENCES, to=user_id, area_code=absence.area_code, **about)
