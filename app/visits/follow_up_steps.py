"""What happens to a follow-up until it is done: it gets another owner, or another day, with a reason."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app import harm, notices
from app.actors import Actor, community_of
from app.clock import business_day, now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError, OtherContentError
from app.harm import HarmRecord, Told
from app.identity import holders, holding, seeing_to
from app.models import FollowUp, NoticeKind
from app.once import content_hash
from app.plans import check_present, keep_absences, stands_in_over
from app.sealing import UNREADABLE, Cell, Opener, Sealer
from app.visits.basis import check_result
from app.visits.care_listings import NotResponsibleError
from app.visits.filing import FURTHEST, DueDayError
from app.visits.follow_up_doers import check_owners, check_sees_to_it
from app.visits.follow_ups import WITH_RESIDENT, ShownFollowUp, check_his, locked, shown_follow_ups
from app.visits.leave import check_shown
from app.visits.standing_in import CARERS, hands

MOST_STEPS = 30
"""So often one follow-up goes to somebody else or to another day."""
LATE = timedelta(days=7)
"""So long over its day it is told to the admins."""


class SameOwnerError(DomainError):
    """It is handed over to somebody else than whose it is."""

    code = "same_owner"
    kind = Kind.INVALID


class FollowUpStep(StrEnum):
    """What was done with a follow-up before it was finished."""

    HANDED_OVER = "handed_over"
    POSTPONED = "postponed"


@dataclass(frozen=True)
class TakenStep:
    """One step of a follow-up's course."""

    step: FollowUpStep
    at: datetime
    by_id: UUID
    owner_id: UUID
    due_on: date
    reason: str


def hand_over(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    follow_up_id: UUID,
    step_id: UUID,
    *,
    to: UUID,
    reason: str,
) -> FollowUp:
    """Give a follow-up to another owner, who is told; the same step again changes nothing.

    Raises NotFoundError, NotResponsibleError, IllegalStepError once it is done, NotStaffHereError,
    SameOwnerError, AbsentError for whoever is away until its day, OtherContentError, NoBasisError and
    ConsentChangedError for words that rest on a consent taken back.
    """

    def change(row: FollowUp) -> None:
        keep_absences(session, row.area_code)
        check_owners(session, row.visit.care_record.resident, row.area_code, {to}, field="owner_id")
        if to == row.owner_id:
            raise SameOwnerError(field="owner_id")
        today = business_day()
        until = max(today, row.due_on)
        check_present(session, [to], row.area_code, since=today, until=until, field="owner_id")
        row.owner_id, row.told_unowned_on = to, None
        row.reminded_on = row.told_late_on = None

    sent = {"to": str(to), "reason": reason}
    return _take(session, actor, sealer, follow_up_id, step_id, FollowUpStep.HANDED_OVER, sent, change)


def postpone(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    follow_up_id: UUID,
    step_id: UUID,
    *,
    due_on: date,
    reason: str,
) -> FollowUp:
    """Give a follow-up another day, from today on; whoever made the visit is told.

    The admins are told of what is urgent and put off. The rest as ``hand_over``.

    Raises DueDayError besides.
    """

    def change(row: FollowUp) -> None:
        if not business_day() <= due_on <= business_day() + FURTHEST:
            raise DueDayError(field="due_on")
        row.due_on = due_on
        row.reminded_on = row.told_late_on = row.told_unowned_on = None

    sent = {"due_on": due_on.isoformat(), "reason": reason}
    return _take(session, actor, sealer, follow_up_id, step_id, FollowUpStep.POSTPONED, sent, change)


def moved(session: Session, actor: Actor, sealer: Opener, row: FollowUp, step_id: UUID) -> ShownFollowUp:
    """Give a follow-up back to whoever took this step: what he left, though it is another's by now.

    What was done since is for whoever sees to it, and nobody of a home reads what is kept from it by now.
    """
    (shown,) = shown_follow_ups(session, actor, [row])
    if shown.whole and not _reads_on(session, actor, sealer, row, step_id):
        return ShownFollowUp(row, whole=False)
    return shown


def _reads_on(session: Session, actor: Actor, sealer: Opener, row: FollowUp, step_id: UUID) -> bool:
    """Say whether the actor sees to it, or nothing was done since his step; and it is not kept from him."""
    try:
        check_shown(session, actor, row.visit)
        if row.done_at is None and _last_step(sealer, row) == str(step_id):
            return True
        check_sees_to_it(session, actor, row)
    except (NotFoundError, NotResponsibleError):
        return False
    return True


def course_of(sealer: Opener, row: FollowUp) -> list[TakenStep]:
    """Give what was done with a follow-up, the first step first; nothing once its time was over."""
    return [
        TakenStep(
            FollowUpStep(one["step"]),
            datetime.fromisoformat(one["at"]),
            UUID(one["by_id"]),
            UUID(one["owner_id"]),
            date.fromisoformat(one["due_on"]),
            one["reason"],
        )
        for one in _course(sealer, row)
    ]


def _take(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    follow_up_id: UUID,
    step_id: UUID,
    step: FollowUpStep,
    sent: dict[str, str],
    change: Callable[[FollowUp], None],
) -> FollowUp:
    row = locked(session, follow_up_id)
    course, mark = _course(sealer, row), content_hash(actor.user_id, step, sent).hex()
    same = next((one for one in course if one["id"] == str(step_id)), None)
    if same is not None and same["hash"] == mark:
        return row  # by whom it was taken, though it is another's by now
    check_his(session, actor, row)
    if same is not None:
        raise OtherContentError(id=step_id)
    if row.done_at is not None or len(course) >= MOST_STEPS:
        raise IllegalStepError(now="done" if row.done_at else "moved_often", asked=step)
    resident, reason = row.visit.care_record.resident, sent["reason"]
    signs = harm.signs_of_harm(session, actor, [reason], about=resident)
    check_result(session, row, reason, harm=bool(signs))
    before = row.due_on
    change(row)
    taken = {"id": str(step_id), "hash": mark, "step": step, "at": now().isoformat()}
    taken |= {"by_id": str(actor.user_id), "owner_id": str(row.owner_id), "due_on": row.due_on.isoformat()}
    told = json.dumps([*course, taken | {"reason": reason}], ensure_ascii=False)
    row.course_sealed = sealer.seal(told, _cell(row))
    if signs:
        harm.open_case(
            session, actor, Told(HarmRecord.VISIT, row.visit_id, row.area_code, row.id), signs, about=resident
        )
    _tell(session, actor, row, step)
    if row.urgent and row.due_on > before:
        _tell_put_off(session, actor, row)
    return row


def _tell(session: Session, actor: Actor, row: FollowUp, step: FollowUpStep) -> None:
    """Tell the new owner, and whoever made the visit what became of it."""
    but = {actor.user_id} | _not_told(session, row)
    to: dict[UUID, str | None] = {row.visit.worker_id: step}
    if step is FollowUpStep.HANDED_OVER:
        to[row.owner_id] = None
    for user_id, what in sorted(to.items()):
        if user_id not in but:
            _post(session, row, user_id, what)


def _tell_put_off(session: Session, actor: Actor, row: FollowUp) -> None:
    """Tell the admins, who were alarmed by what is urgent, that it is done later; or the office above."""
    asked, people = seeing_to.who_sees_to_it(
        session, community_of(row.area_code), but=_not_told(session, row)
    )
    for user_id in sorted(people - {actor.user_id}):
        _post(session, row, user_id, "put_off" if asked == "asked" else asked)


def tell_of_follow_ups(session: Session, *, limit: int) -> int:
    """Tell of what is over its day: who sees to it once, and after a week the admins once; give of how many.

    The admins are told once, too, of what belongs to somebody who has no post there any more, or from whom
    it is kept, or who is away with nobody in his place when its day is over, so that they hand it over; where
    none of them may be told, the office above is. Nobody is told twice of the same day; another day or owner
    counts anew.
    """
    today = business_day()
    query = (
        select(FollowUp)
        .options(WITH_RESIDENT)
        .where(_due(today))
        .order_by(FollowUp.id)
        .limit(limit)
        .with_for_update(of=FollowUp, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = session.scalars(query).all()
    there = hands(session, {row.area_code for row in rows})
    visited = {row.visit_id: row.visit.care_record.resident for row in rows}
    not_told = harm.not_told_of_visits(session, visited)
    held = cache(lambda community, role: holders(session, community, {role}))
    for row in rows:
        but = not_told[row.visit_id]
        doer_id = there.sees_to(row.area_code, row.owner_id)
        doer_id = None if doer_id in but else doer_id
        what = None if doer_id is not None or row.told_unowned_on else "unowned"
        row.told_unowned_on = today if doer_id is None else None
        if row.due_on <= today - LATE and row.told_late_on is None:
            row.told_late_on, what = today, what or "late"
        if what is not None:
            community = community_of(row.area_code)
            asked, people = seeing_to.who_sees_to_it(session, community, but=but, holding=held)
            for user_id in sorted(people):
                _post(session, row, user_id, what if asked == "asked" else asked)
        if row.due_on < today and row.reminded_on is None:
            row.reminded_on = today
            if doer_id is not None:
                _post(session, row, doer_id, "due")
    return len(rows)


def _not_told(session: Session, row: FollowUp) -> set[UUID]:
    return harm.not_told_of_visit(session, row.visit_id, row.visit.care_record.resident)


def _due(today: date) -> ColumnElement[bool]:
    owner, area = FollowUp.owner_id, FollowUp.area_code
    unowned = ~or_(holding(CARERS, owner, area), stands_in_over(owner, area, on=today))
    return and_(
        FollowUp.done_at.is_(None),
        or_(
            and_(FollowUp.due_on < today, FollowUp.reminded_on.is_(None)),
            and_(FollowUp.due_on <= today - LATE, FollowUp.told_late_on.is_(None)),
            and_(FollowUp.told_unowned_on.is_(None), unowned),
            and_(FollowUp.told_unowned_on < today, ~unowned),
        ),
    )


def _post(session: Session, row: FollowUp, to: UUID, what: str | None) -> None:
    """Write a notice that names things by id only; none to an office, which reads nothing of them."""
    about: dict[str, Any] = {"visit_id": row.visit_id, "follow_up_id": row.id}
    if what == "nobody_decides":
        about = {}
    if what is not None:
        about["what"] = str(what)
    notices.post(session, NoticeKind.FOLLOW_UP_ASSIGNED, to=to, area_code=row.area_code, **about)


def _course(sealer: Opener, row: FollowUp) -> list[dict[str, Any]]:
    if row.course_sealed is None:
        return []
    told = sealer.open(row.course_sealed, _cell(row))
    return [] if told == UNREADABLE else list(json.loads(told))


def _last_step(sealer: Opener, row: FollowUp) -> str | None:
    course = _course(sealer, row)
    return course[-1]["id"] if course else None


def _cell(row: FollowUp) -> Cell:
    return Cell("follow_ups", "course_sealed", row.id)
