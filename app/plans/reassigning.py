"""Giving an occurrence to somebody else: by a person, or because whoever had it has no post any more."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import Session, joinedload

from app import notices
from app.actors import COMMUNITY_DIGITS, Actor, community_of
from app.clock import business_day, now
from app.errors import IllegalStepError, NotFoundError
from app.identity import holders, holding, seeing_to
from app.models import Absence, NoticeKind, Occurrence, OccurrenceState, PlanEvent, PlanStep
from app.once import append_event, claim_next, content_hash, made_before, of_community
from app.plans.chains import is_substitute
from app.plans.roster import PATROLLERS, check_present, keep_absences, roster_of
from app.plans.terms import PlanWorkerError

_OVER = {OccurrenceState.MISSED, OccurrenceState.DONE, OccurrenceState.LATE}


def reassign(
    session: Session, actor: Actor, occurrence_id: UUID, step_id: UUID, *, worker_id: UUID, reason: str
) -> Occurrence:
    """Give an occurrence to another worker of the community; whose it was when it was made stays on record.

    Raises NotFoundError outside the actor's areas, IllegalStepError for one that is over, PlanWorkerError,
    AbsentError for whoever is away on its day, OtherContentError.
    """
    sent = content_hash(PlanStep.REASSIGN, actor.user_id, occurrence_id, worker_id, reason)
    area_code = session.scalar(select(Occurrence.area_code).where(Occurrence.id == occurrence_id))
    if area_code is None:
        raise NotFoundError
    if actor.scope.covers(area_code):  # others hold up nobody
        keep_absences(session, area_code)  # before its lock, in the order of whoever writes an absence
    row = session.get(Occurrence, occurrence_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        raise NotFoundError
    if made_before(session, PlanEvent, step_id, sent, author=PlanEvent.actor_id, by=actor.user_id):
        return row
    if not actor.scope.covers(row.area_code):
        raise NotFoundError
    if (state := row.state(now())) in _OVER:
        raise IllegalStepError(id=occurrence_id, now=state, asked=PlanStep.REASSIGN)
    community = community_of(row.area_code)
    if not holders(session, community, PATROLLERS, among=[worker_id], within=True):
        raise PlanWorkerError(field="worker_id")
    day = max(row.period_on, business_day())
    check_present(session, [worker_id], community, since=day, until=day, field="worker_id")
    former_id = row.worker_id
    row.hand_to(worker_id, now())
    append_event(
        session,
        PlanEvent,
        step_id,
        sent,
        area_code=row.area_code,
        plan_id=row.plan_id,
        occurrence_id=row.id,
        step=PlanStep.REASSIGN,
        actor_id=actor.user_id,
        at=now(),
        note=reason,
        data={"former_id": former_id and str(former_id), "worker_id": str(worker_id)},
    )
    if worker_id not in {former_id, actor.user_id}:
        _tell(session, worker_id, row.area_code, 1)
    return row


def hand_over(session: Session, *, limit: int, after: str | None = None) -> tuple[int, str | None]:
    """Give what nobody has, or somebody without a post, to whoever has one in the next community.

    However and whenever the post ended: a grant that was ended or ran out, an account that was disabled. Each
    new worker is told once of all; where nobody is left, the admins are, or the office above. Gives how many
    changed hands, of ``limit`` at most that were looked at, and the community's code.
    """
    due = _without_hands(true())
    community, mine = claim_next(session, "hand_over", Occurrence.area_code, due, after=after)
    if community is None or not mine:
        return 0, community
    keep_absences(session, community)
    here = of_community(Occurrence.area_code, community)
    query = (
        select(Occurrence)
        .where(here, _without_hands(here))
        .options(joinedload(Occurrence.plan))
        .order_by(Occurrence.id)
        .limit(limit)
        .with_for_update(of=Occurrence, key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return _hand_over(session, community, session.scalars(query).all()), community


def given_by_hand() -> ColumnElement[bool]:
    """Say in SQL that whoever has an occurrence was given it by a person."""
    return exists().where(
        PlanEvent.occurrence_id == Occurrence.id,
        PlanEvent.step == PlanStep.REASSIGN,
        PlanEvent.data["worker_id"].astext == cast(Occurrence.worker_id, Text),
    )


def _without_hands(here: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say in SQL that an occurrence can still be done, and has nobody who may do it though there may be one.

    Whose it was by his post must still have one over the place; to whom it was given by hand, or as to a
    substitute, one anywhere in the community. Posts are looked up once for each worker and area that have
    something open ``here``, of whom there are few, and not for each occurrence.
    """
    row = Occurrence
    still_open = and_(row.done_at.is_(None), row.missed_at > now())
    pairs = select(row.area_code, row.worker_id).where(here, still_open).distinct().correlate(None).subquery()
    pair = pairs.c
    free = select(pair.area_code).where(pair.worker_id.is_(None), holding(PATROLLERS, None, pair.area_code))
    off_his_post = select(pair.area_code, pair.worker_id).where(
        pair.worker_id.is_not(None), ~holding(PATROLLERS, pair.worker_id, pair.area_code)
    )
    lost = ~holding(PATROLLERS, row.worker_id, func.left(row.area_code, COMMUNITY_DIGITS), within=True)
    moved = and_(row.worker_id == row.original_worker_id, ~given_by_hand(), ~_standing_in())
    return and_(
        still_open,
        or_(
            and_(row.worker_id.is_(None), row.area_code.in_(free)),
            and_(tuple_(row.area_code, row.worker_id).in_(off_his_post), or_(lost, moved)),
        ),
    )


def _standing_in() -> ColumnElement[bool]:
    """Say in SQL that whoever has an occurrence stands in on its day for somebody with a post over the place.

    So it may come back to whose it was when it was made, though his own post is another by now.
    """
    day = func.greatest(Occurrence.period_on, business_day())
    at_home = holding(PATROLLERS, Absence.worker_id, Occurrence.area_code).correlate(Absence, Occurrence)
    return is_substitute(Occurrence.worker_id, Occurrence.area_code, on=day).where(at_home)


def _hand_over(session: Session, community: str, rows: Sequence[Occurrence]) -> int:
    today = business_day()
    roster = roster_of(session, community, since=today)
    taken: Counter[UUID | None] = Counter()
    for row in rows:
        former_id, day = row.worker_id, max(row.period_on, today)
        row.hand_to(roster.choose(row.plan.roster, row.place_id, row.area_code, day).worker_id, now())
        if row.worker_id != former_id:
            taken[row.worker_id] += 1
    changed = taken.total()
    nobodys = taken.pop(None, 0)
    for worker_id, count in taken.items():
        assert worker_id is not None, "it was taken out"
        _tell(session, worker_id, community, count)
    if nobodys:
        what, told = seeing_to.who_sees_to_it(session, community, but=())
        for user_id in sorted(told):
            _tell(session, user_id, community, nobodys, what="nobodys" if what == "asked" else what)
    return changed


def _tell(session: Session, to: UUID, area_code: str, count: int, what: str = "reassigned") -> None:
    about: dict[str, Any] = {"what": what, "count": count}
    notices.post(session, NoticeKind.OCCURRENCES, to=to, area_code=area_code, **about)
