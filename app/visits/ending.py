"""Ending what care there is of somebody who moved out or died."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import harm, notices
from app.actors import Actor
from app.clock import now
from app.models import CareRecord, CareStep, EscapeHelp, FollowUp, LeavingReason, NoticeKind, Resident, Visit
from app.sealing import Sealer
from app.visits.care_history import Change, keep
from app.visits.standing_in import hands
from app.visits.tickets import end_with_care


def end_with_residence(
    session: Session, actor: Actor, sealer: Sealer, resident: Resident, *, on: date, why: LeavingReason
) -> None:
    """End the care of a locked resident, what its visits left to do, and his help to get out.

    Visits up to that day may still arrive. The responsible workers are told, and who saw to a follow-up; that
    ends without a result.
    """
    query = select(CareRecord).where(CareRecord.resident_id == resident.id, CareRecord.ended_on.is_(None))
    records = session.scalars(query.order_by(CareRecord.id).with_for_update()).all()
    for record in records:
        record.ended_on, record.ended_why = max(on, record.started_on), why
        end_with_care(session, record)
        held = {"ended_on": record.ended_on.isoformat(), "ended_why": why}
        keep(session, actor, sealer, record, Change(CareStep.END, {"now": held}, day=record.ended_on))
        if record.worker_id != actor.user_id:
            about = {"what": "given_up", "care_record_id": record.id}
            notices.post(session, NoticeKind.CARE, to=record.worker_id, area_code=record.area_code, **about)
    care = select(CareRecord.id).where(CareRecord.resident_id == resident.id)
    of_his = select(Visit.id).where(Visit.care_record_id.in_(care))
    to_do = select(FollowUp).where(FollowUp.visit_id.in_(of_his), FollowUp.done_at.is_(None))
    left = session.scalars(to_do.order_by(FollowUp.id).with_for_update()).all()
    for one in left:
        one.done_at, one.done_by = now(), actor.user_id
    _tell_doers(session, actor, resident, left)
    wanted = select(EscapeHelp).where(EscapeHelp.resident_id == resident.id, EscapeHelp.ended_on.is_(None))
    for row in session.scalars(wanted.with_for_update()):
        row.ended_on, row.ended_by = max(on, row.noted_on), actor.user_id
    session.flush()


def _tell_doers(session: Session, actor: Actor, resident: Resident, left: Sequence[FollowUp]) -> None:
    """Tell who saw to what is over that it is, but nobody from whom the visit is kept."""
    there = hands(session, {one.area_code for one in left})
    for one in left:
        to = there.sees_to(one.area_code, one.owner_id) or one.owner_id
        if to not in harm.not_told_of_visit(session, one.visit_id, resident) | {actor.user_id}:
            about = {"what": "ended", "visit_id": one.visit_id, "follow_up_id": one.id}
            notices.post(session, NoticeKind.FOLLOW_UP_ASSIGNED, to=to, area_code=one.area_code, **about)
