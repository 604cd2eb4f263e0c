"""Care records: opening and ending them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.clock import business_day, now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.identity import holders
from app.models import CareCategory, CareLevel, CareRecord, CareStep, LeavingReason, Resident
from app.once import added_later, content_hash, insert_once, made_before
from app.people import (
    Category,
    age_on,
    check_about,
    check_minor_elsewhere,
    check_reader_elsewhere,
    check_recent,
    resident_held,
)
from app.sealing import Sealer
from app.visits.care_history import Change, keep
from app.visits.care_listings import care_record_of
from app.visits.categories import check_came_of_age, check_reason, misfit
from app.visits.due import first_due, most_days
from app.visits.standing_in import CARERS
from app.visits.tickets import end_with_care, give_with_care


class CareOpenError(DomainError):
    """The resident is looked after in this category already."""

    code = "care_open"
    kind = Kind.CONFLICT


class TooSeldomError(DomainError):
    """Visits may not be further apart than the level and the law allow (data: ``most``, days)."""

    code = "too_seldom"
    kind = Kind.INVALID


class NotStaffHereError(DomainError):
    """The user is no grid worker or community admin of the resident's area."""

    code = "not_staff_here"
    kind = Kind.INVALID


class OwnSubstituteError(DomainError):
    """Nobody stands in for himself."""

    code = "own_substitute"
    kind = Kind.INVALID


class EndDayError(DomainError):
    """The day lies in the future, or before the care began."""

    code = "end_day"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewCare:
    """What it takes to look after a resident; without ``every_days`` the level's own is taken."""

    resident_id: UUID
    category: CareCategory
    level: CareLevel
    worker_id: UUID
    every_days: int | None = None
    reason: str = added_later("")
    """Why it begins at this level; it is needed, but phones did not always send it (``open_care``)."""
    substitute_id: UUID | None = added_later(None)


def open_care(
    session: Session, actor: Actor, sealer: Sealer, record_id: UUID, new: NewCare
) -> tuple[CareRecord, bool]:
    """Begin to look after a resident, today.

    The same record again is the first one, though the resident, the worker or the actor moved since, the
    care ended, a guardian took his consent back, or no reason was given while none was needed. Whoever looks
    after a minor reads its record: so nobody of its home does, nor says who does.

    Raises ReasonNeededError, NotFoundError for a resident outside the actor's areas, ResidentLeftError,
    OwnHouseholdError, those of ``misfit``, NoBasisError and ConsentChangedError for a child under 14 without
    its guardian's consent, TooSeldomError, NotStaffHereError, CareOpenError, OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    if new.reason:
        sent = sealer.fingerprint(sent)
    first = made_before(session, CareRecord, record_id, sent)
    if first is not None:
        return first, False
    check_reason(new.reason)
    try:
        resident = resident_held(session, actor, new.resident_id)
    except NotFoundError:
        raise NotFoundError(field="resident_id") from None
    check_minor_elsewhere(actor, resident)
    today = business_day()
    unfit = misfit(new.category, resident.sex, resident.birth_date, today)
    if unfit is not None:
        raise unfit(field="category")
    check_about(session, resident, Category.CARE)
    every_days = days_between(new.category, new.level, new.every_days, resident, today)
    check_staff(session, resident.area_code, {new.worker_id}, field="worker_id")
    check_reader_elsewhere(session, new.worker_id, resident, field="worker_id")
    check_substitute(session, resident, new.substitute_id, worker_id=new.worker_id)
    record, made = insert_once(
        session,
        CareRecord,
        record_id,
        sent,
        taken=CareOpenError(field="category"),
        area_code=resident.area_code,
        started_on=today,
        next_due_on=first_due(new.level, today, every_days),
        created_at=now(),
        resident_id=new.resident_id,
        category=new.category,
        level=new.level,
        worker_id=new.worker_id,
        substitute_id=new.substitute_id,
        every_days=every_days,
    )
    if made:
        give_with_care(session, actor, record, resident)
        held = {"level": new.level, "every_days": every_days, "worker_id": str(new.worker_id)}
        if new.substitute_id is not None:
            held["substitute_id"] = str(new.substitute_id)
        keep(session, actor, sealer, record, Change(CareStep.OPEN, {"now": held}, new.reason))
    return record, made


def days_between(
    category: CareCategory, level: CareLevel, wanted: int | None, resident: Resident, day: date
) -> int:
    """Give how far visits are apart: as wanted, by default as far as may be. Raises TooSeldomError."""
    most = most_days(category, level, age=age_on(resident.birth_date, day))
    every_days = wanted or most
    if every_days > most:
        raise TooSeldomError(field="every_days", most=most)
    return every_days


def check_staff(session: Session, area_code: str, user_ids: set[UUID], *, field: str) -> None:
    """Refuse users who may not be responsible for anybody in this area. Raises NotStaffHereError."""
    if holders(session, area_code, CARERS, among=user_ids) != user_ids:
        raise NotStaffHereError(field=field)


def check_substitute(
    session: Session, resident: Resident, substitute_id: UUID | None, *, worker_id: UUID
) -> None:
    """Refuse whoever may not stand in for a worker: he has no post in the community, or it is he himself.

    Raises NotStaffHereError, OwnSubstituteError, OwnHouseholdError.
    """
    if substitute_id is None:
        return
    if substitute_id == worker_id:
        raise OwnSubstituteError(field="substitute_id")
    community = community_of(resident.area_code)
    if not holders(session, community, CARERS, among={substitute_id}, within=True):
        raise NotStaffHereError(field="substitute_id")
    check_reader_elsewhere(session, substitute_id, resident, field="substitute_id")


def end_care(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    record_id: UUID,
    *,
    ended_on: date,
    why: LeavingReason,
    reason: str = "",
) -> CareRecord:
    """End the care with a day; visits up to that day may still arrive. The same again changes nothing.

    The leave to read a minor's record that came with it ends at once; so none of the minor's home ends it.

    Raises EndDayError, DayLongAgoError, NotOfAgeError, IllegalStepError if it ended on another day or for
    another reason, NotResponsibleError, NotFoundError, OwnHouseholdError.
    """
    record = care_record_of(session, actor, record_id, lock=True)
    if (record.ended_on, record.ended_why) == (ended_on, why):
        return record
    resident = session.get_one(Resident, record.resident_id)
    check_minor_elsewhere(actor, resident)
    if record.ended_on is not None:
        raise IllegalStepError(now="ended", asked="end")
    if not record.started_on <= ended_on <= business_day():
        raise EndDayError(field="ended_on")
    check_recent(ended_on, field="ended_on")
    check_came_of_age(record.category, why, resident.birth_date, ended_on)
    record.ended_on, record.ended_why = ended_on, why
    end_with_care(session, record)
    held = {"ended_on": ended_on.isoformat(), "ended_why": why}
    keep(session, actor, sealer, record, Change(CareStep.END, {"now": held}, reason, ended_on))
    return record
