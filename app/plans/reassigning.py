"""Giving an occurrence to somebody else: by a person, or because whoever had it has no post any more."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from app import notices
from app.actors import Actor
from app.clock import business_day, now
from app.errors import IllegalStepError, NotFoundError
from app.identity import holders, holding, seeing_to
from app.models import Grant, NoticeKind, Occurrence, OccurrenceState, PlanEvent, PlanStep, User
from app.once import append_event, claim_next, content_hash, made_before, of_community
from app.plans.roster import PATROLLERS, roster_of
from app.plans.terms import PlanWorkerError

_LATELY = timedelta(days=2)
"""How far back it is looked for posts that ended: the job runs every minute, but may have stood still."""
_OVER = {OccurrenceState.MISSED, OccurrenceState.DONE, OccurrenceState.LATE}


def reassign(
    session: Session, actor: Actor, occurrence_id: UUID, step_id: UUID, *, worker_id: UUID, reason: str
) -> Occurrence:
    """Give an occurrence to another worker; whose it was when it was made stays on record.

    Raises NotFoundError outside the actor's areas, IllegalStepError for one that is over, PlanWorkerError,
    OtherContentError.
    """
    sent = content_hash(PlanStep.REASSIGN, actor.user_id, occurrence_id, worker_id, reason)
    row = session.get(Occurrence, occurrence_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None:
        raise NotFoundError
    if made_before(session, PlanEvent, step_id, sent, author=PlanEvent.actor_id, by=actor.user_id):
        return row
    if not actor.scope.covers(row.area_code):
        raise NotFoundError
    if (state := row.state(now())) in _OVER:
        raise IllegalStepError(id=occurrence_id, now=state, asked=PlanStep.REASSIGN)
    if not holders(session, row.area_code, PATROLLERS, among=[worker_id]):
        raise PlanWorkerError(field="worker_id")
    former_id, row.worker_id = row.worker_id, worker_id
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
    """Give what belongs to people without a post to whoever has one in the next community; give how many.

    However the post ended: a grant that was ended or ran out, an account that was disabled. Each new worker
    is told once of all; where nobody is left, the admins are, or the office above. Gives the community's
    code, too; of one it is ``limit`` at most.
    """
    at = now()
    lost = (
        select(Grant.user_id)
        .join(User, User.id == Grant.user_id)
        .where(
            or_(
                Grant.ended_at > at - _LATELY,
                Grant.valid_until.between(at - _LATELY, at),
                User.disabled_at > at - _LATELY,
            )
        )
    )
    due = and_(
        Occurrence.worker_id.in_(lost),
        Occurrence.done_at.is_(None),
        Occurrence.missed_at > at,
        ~holding(PATROLLERS, Occurrence.worker_id, Occurrence.area_code),
    )
    community, mine = claim_next(session, "hand_over", Occurrence.area_code, due, after=after)
    if community is None or not mine:
        return 0, community
    query = (
        select(Occurrence)
        .where(due, of_community(Occurrence.area_code, community))
        .options(joinedload(Occurrence.plan))
        .order_by(Occurrence.id)
        .limit(limit)
        .with_for_update(of=Occurrence, key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = session.scalars(query).all()
    _hand_over(session, community, rows)
    return len(rows), community


def _hand_over(session: Session, community: str, rows: Sequence[Occurrence]) -> None:
    roster = roster_of(session, community, since=business_day())
    taken: Counter[UUID | None] = Counter()
    for row in rows:
        row.worker_id = roster.choose(row.plan.roster, row.place_id, row.area_code, row.period_on).worker_id
        taken[row.worker_id] += 1
    nobodys = taken.pop(None, 0)
    for worker_id, count in taken.items():
        assert worker_id is not None, "it was taken out"
        _tell(session, worker_id, community, count)
    if nobodys:
        what, told = seeing_to.who_sees_to_it(session, community, but=())
        for user_id in sorted(told):
            _tell(session, user_id, community, nobodys, what="nobodys" if what == "asked" else what)


def _tell(session: Session, to: UUID, area_code: str, count: int, what: str = "reassigned") -> None:
    about: dict[str, Any] = {"what": what, "count": count}
    notices.post(session, NoticeKind.OCCURRENCES, to=to, area_code=area_code, **about)
