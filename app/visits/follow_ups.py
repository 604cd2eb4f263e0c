"""Follow-ups: what visits showed to be needed, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, load_only

from app import harm
from app.actors import Actor
from app.clock import business_day, now
from app.errors import IllegalStepError, NotFoundError
from app.harm import HarmRecord, Told
from app.models import CareRecord, FollowUp, Resident, Visit
from app.people import is_minor
from app.sealing import Sealer
from app.visits.basis import check_result
from app.visits.due import DueKey
from app.visits.follow_up_doers import check_sees_to_it, his_to_see_to, nobodys, whole_area
from app.visits.leave import Leave, check_shown, leave_for, may_read
from app.visits.sealed import result_of, sealed_result
from app.visits.standing_in import hands


class Whose(StrEnum):
    """Whose follow-ups: those the actor sees to, all he may read, or what only admins see to now."""

    MINE = "mine"
    AREA = "area"
    UNOWNED = "unowned"


@dataclass(frozen=True)
class ShownFollowUp:
    """A follow-up, and whether the actor reads its words: a minor's are its owner's, or take leave."""

    row: FollowUp
    whole: bool
    leave: Leave | None = None
    """By which he reads them, where they are a minor's and he does not see to it."""


class Done(StrEnum):
    """Which follow-ups: those that wait, those over their day, those done, or all."""

    OPEN = "open"
    OVERDUE = "overdue"
    """Open, and its day is over."""
    DONE = "done"
    ALL = "all"


WITH_RESIDENT = (
    joinedload(FollowUp.visit)
    .options(load_only(Visit.care_record_id, Visit.basis, Visit.worker_id))
    .joinedload(Visit.care_record)
    .joinedload(CareRecord.resident)
)


def follow_ups(
    session: Session,
    actor: Actor,
    *,
    whose: Whose = Whose.MINE,
    done: Done = Done.OPEN,
    after: DueKey | None,
    limit: int,
) -> list[ShownFollowUp]:
    """List follow-ups by the day they are due: those that the actor sees to, or an admin's whole area.

    What minors need is shown to whoever sees to it, and to admins with leave; to none of a home what a
    case of harm keeps from it. What nobody sees to any more stands there without its words else, but for
    whoever lives with the child.
    """
    query = select(FollowUp).options(WITH_RESIDENT).order_by(FollowUp.due_on, FollowUp.id).limit(limit)
    own = his_to_see_to(session, actor)
    query = query.join(FollowUp.visit).where(~harm.visit_kept_from(actor))
    if whose is Whose.MINE:
        query = query.where(own)
    else:
        query = query.join(Visit.care_record).join(CareRecord.resident)
        query = query.where(or_(own, whole_area(actor)))
        shown = or_(own, may_read(actor))
        if whose is Whose.UNOWNED:
            query = query.where(nobodys(session, actor))
            shown = or_(shown, Resident.household_id.not_in(sorted(actor.homes)))
        query = query.where(shown)
    if done in {Done.OPEN, Done.OVERDUE}:
        query = query.where(FollowUp.done_at.is_(None))
    if done is Done.OVERDUE:
        query = query.where(FollowUp.due_on < business_day())
    if done is Done.DONE:
        query = query.where(FollowUp.done_at.is_not(None))
    if after is not None:
        query = query.where(tuple_(FollowUp.due_on, FollowUp.id) > tuple_(after.day, after.id))
    return shown_follow_ups(session, actor, session.scalars(query).all())


def shown_follow_ups(session: Session, actor: Actor, rows: Sequence[FollowUp]) -> list[ShownFollowUp]:
    """Say of each whether the actor reads its words, however many in as many statements."""
    there = hands(session, {row.area_code for row in rows})
    minors = dict[UUID, Resident]()
    for row in rows:
        resident = row.visit.care_record.resident
        his = actor.user_id in {row.owner_id, row.done_by or there.sees_to(row.area_code, row.owner_id)}
        if is_minor(resident) and (not his or resident.household_id in actor.homes):
            minors[row.id] = resident
    leaves = leave_for(session, actor, list(minors.values()))
    by = {row_id: leaves.get(one.id) for row_id, one in minors.items()}
    return [ShownFollowUp(row, row.id not in by or by[row.id] is not None, by.get(row.id)) for row in rows]


def finish(session: Session, actor: Actor, sealer: Sealer, follow_up_id: UUID, *, result: str) -> FollowUp:
    """Note what came of a follow-up; the same again by the same person changes nothing.

    Raises NotFoundError, NotResponsibleError, IllegalStepError if it was finished otherwise, and what
    ``check_result`` raises.
    """
    row = locked(session, follow_up_id)
    check_his(session, actor, row)
    if row.done_at is None:
        resident = row.visit.care_record.resident
        signs = harm.signs_of_harm(session, actor, [result], about=resident)
        check_result(session, row, result, harm=bool(signs))
        row.done_at, row.done_by = now(), actor.user_id
        row.result_sealed = sealed_result(sealer, row.id, result)
        told = Told(HarmRecord.VISIT, row.visit_id, row.area_code, row.id)
        if signs:
            harm.open_case(session, actor, told, signs, about=resident)
    elif (row.done_by, result_of(sealer, row)) != (actor.user_id, result):
        raise IllegalStepError(now="done", asked="finish")
    return row


def locked(session: Session, follow_up_id: UUID) -> FollowUp:
    """Give a follow-up, and keep others from changing it. Raises NotFoundError."""
    row = session.scalars(
        select(FollowUp)
        .options(WITH_RESIDENT)
        .where(FollowUp.id == follow_up_id)
        .with_for_update(of=FollowUp)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def check_his(session: Session, actor: Actor, row: FollowUp) -> None:
    """Refuse what is another's, and what is kept from his home. Raises NotFoundError, NotResponsibleError."""
    check_sees_to_it(session, actor, row)
    check_shown(session, actor, row.visit)
