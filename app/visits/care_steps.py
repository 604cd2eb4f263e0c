"""Changing a care record: its level, who is responsible, who stands in for him, whether visits are wanted."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app import notices
from app.actors import Actor
from app.clock import business_day
from app.errors import DomainError, IllegalStepError, Kind
from app.models import (
    CareEvent,
    CareLevel,
    CareRecord,
    CareStep,
    NoticeKind,
    Resident,
    SaidBy,
    Willingness,
)
from app.once import content_hash, made_before
from app.people import Category, check_about, check_minor_elsewhere, check_reader_elsewhere
from app.sealing import Opener, Sealer, Showing
from app.visits.care import check_staff, check_substitute, days_between
from app.visits.care_history import Change, keep
from app.visits.care_listings import care_record_of
from app.visits.care_shown import seen_care_record
from app.visits.due import due_by_level, set_due
from app.visits.leave import Leave
from app.visits.sealed import Contact, contacts_of, sealed_contacts
from app.visits.tickets import end_with_care, give_with_care


class WillingDayError(DomainError):
    """Somebody said it on a day that is over, or today."""

    code = "willing_day"
    kind = Kind.INVALID


class SameCareError(DomainError):
    """The care is so already: there is nothing to change, nor to write into its history."""

    code = "same_care"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class NewLevel:
    """How urgent the care is from today on; without ``every_days`` the level's own is taken."""

    level: CareLevel
    reason: str
    every_days: int | None = None


@dataclass(frozen=True)
class Will:
    """Whether and how somebody wants to be visited, who said so and on which day."""

    willingness: Willingness
    willing_on: date
    willing_speaker: SaidBy


@dataclass
class _Step:
    """A step under way: its record is locked, and it was not taken before."""

    session: Session
    actor: Actor
    sealer: Sealer
    record: CareRecord
    resident: Resident
    step_id: UUID
    step: CareStep
    sent: bytes

    def keep(
        self, before: dict[str, Any], after: dict[str, Any], reason: str, day: date | None = None
    ) -> None:
        """Write what is changed by it."""
        data = {"before": _plain(before), "now": _plain(after)}
        change = Change(self.step, data, reason, day)
        keep(self.session, self.actor, self.sealer, self.record, change, step_id=self.step_id, sent=self.sent)

    def tell(self, to: UUID | None, what: str) -> None:
        """Tell somebody else of it, by the record's id only."""
        if to is not None and to != self.actor.user_id:
            about = {"what": what, "care_record_id": self.record.id}
            notices.post(self.session, NoticeKind.CARE, to=to, area_code=self.record.area_code, **about)


def change_level(
    session: Session, actor: Actor, sealer: Sealer, record_id: UUID, step_id: UUID, new: NewLevel
) -> CareRecord:
    """Let the care be at another level, or more or less often, from today on; the next visit follows.

    Raises NotFoundError, NotResponsibleError, OwnHouseholdError, IllegalStepError for care that ended,
    TooSeldomError, SameCareError, NoBasisError and ConsentChangedError for a child under 14 without its
    guardian's consent, OtherContentError.
    """
    begun = _begin(session, actor, sealer, record_id, step_id, CareStep.LEVEL, new)
    if isinstance(begun, CareRecord):
        return begun
    record, today = begun.record, business_day()
    check_about(session, begun.resident, Category.CARE)
    every_days = days_between(record.category, new.level, new.every_days, begun.resident, today)
    if (new.level, every_days) == (record.level, record.every_days):
        raise SameCareError(field="level")
    before = {"level": record.level, "every_days": record.every_days}
    set_due(session, record, due_by_level(record, new.level, every_days, today))
    record.level, record.every_days = new.level, every_days
    begun.keep(before, {"level": new.level, "every_days": every_days}, new.reason)
    return record


def change_worker(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    record_id: UUID,
    step_id: UUID,
    *,
    worker_id: UUID,
    reason: str,
) -> CareRecord:
    """Let another worker be responsible; both are told, and a minor's ticket that came with the care moves.

    Who was the substitute is it no more. Raises as ``change_level``, and NotStaffHereError.
    """
    said = {"worker_id": worker_id, "reason": reason}
    begun = _begin(session, actor, sealer, record_id, step_id, CareStep.WORKER, said)
    if isinstance(begun, CareRecord):
        return begun
    record, former_id = begun.record, begun.record.worker_id
    check_staff(session, record.area_code, {worker_id}, field="worker_id")
    check_reader_elsewhere(session, worker_id, begun.resident, field="worker_id")
    if worker_id != former_id:
        end_with_care(session, record)
        record.worker_id, record.hands_told_on = worker_id, None
        session.flush()
        give_with_care(session, actor, record, begun.resident)
        begun.tell(former_id, "given_up")
        begun.tell(worker_id, "given")
    if record.substitute_id == worker_id:
        record.substitute_id = None
    begun.keep({"worker_id": former_id}, {"worker_id": worker_id}, reason)
    return record


def change_substitute(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    record_id: UUID,
    step_id: UUID,
    *,
    substitute_id: UUID | None,
    reason: str = "",
) -> CareRecord:
    """Say who does it where the worker cannot and nobody stands in for him; None is nobody. Both are told.

    Raises as ``change_level``, and NotStaffHereError, OwnSubstituteError.
    """
    said = {"substitute_id": substitute_id, "reason": reason}
    begun = _begin(session, actor, sealer, record_id, step_id, CareStep.SUBSTITUTE, said)
    if isinstance(begun, CareRecord):
        return begun
    record, former_id = begun.record, begun.record.substitute_id
    check_substitute(session, begun.resident, substitute_id, worker_id=record.worker_id)
    if substitute_id != former_id:
        record.substitute_id, record.hands_told_on = substitute_id, None
        begun.tell(former_id, "substitute_no_more")
        begun.tell(substitute_id, "substitute")
    begun.keep({"substitute_id": former_id}, {"substitute_id": substitute_id}, reason)
    return record


def note_willingness(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    record_id: UUID,
    step_id: UUID,
    will: Will,
    *,
    reason: str = "",
) -> CareRecord:
    """Note whether and how somebody wants to be visited: who refuses is not due, unless he is a minor.

    What was said on an earlier day than what is known goes to the history only. Raises as ``change_level``,
    and WillingDayError.
    """
    said = asdict(will) | {"reason": reason}
    begun = _begin(session, actor, sealer, record_id, step_id, CareStep.WILLINGNESS, said)
    if isinstance(begun, CareRecord):
        return begun
    record = begun.record
    check_about(session, begun.resident, Category.CARE)
    if not record.started_on <= will.willing_on <= business_day():
        raise WillingDayError(field="willing_on")
    names = asdict(will)
    before = {name: getattr(record, name) for name in names}
    if record.willing_on is None or record.willing_on <= will.willing_on:
        for name, value in names.items():
            setattr(record, name, value)
    begun.keep(before, names, reason, will.willing_on)
    return record


def change_contacts(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    record_id: UUID,
    step_id: UUID,
    contacts: tuple[Contact, ...],
) -> CareRecord:
    """Say whom to call in an emergency, instead of whoever it was; the history says how many.

    Raises as ``change_level``.
    """
    begun = _begin(session, actor, sealer, record_id, step_id, CareStep.CONTACTS, contacts)
    if isinstance(begun, CareRecord):
        return begun
    record = begun.record
    check_about(session, begun.resident, Category.CARE)
    before = len(contacts_of(Showing(sealer), record))
    record.contacts_sealed = sealed_contacts(sealer, record.id, contacts)
    begun.keep({"contacts": before}, {"contacts": len(contacts)}, "")
    return record


def known_contacts(
    session: Session, actor: Actor, sealer: Opener, record_id: UUID
) -> tuple[list[Contact], Leave | None]:
    """Give whom to call in an emergency, and by what leave they are read. Raises as ``seen_care_record``."""
    found = seen_care_record(session, actor, record_id)
    return contacts_of(sealer, found.record), found.leave


def _begin(
    session: Session, actor: Actor, sealer: Sealer, record_id: UUID, step_id: UUID, step: CareStep, said: Any
) -> CareRecord | _Step:
    """Lock a record for a step; give the record alone where the step was taken before."""
    sent = sealer.fingerprint(content_hash(step, actor.user_id, record_id, said))
    if _taken(session, actor, step_id, sent):
        return session.get_one(CareRecord, record_id)
    record = care_record_of(session, actor, record_id, lock=True)
    if _taken(session, actor, step_id, sent):
        return record  # a copy took it while this one waited
    resident = record.resident
    check_minor_elsewhere(actor, resident)
    if record.ended_on is not None:
        raise IllegalStepError(now="ended", asked=step)
    return _Step(session, actor, sealer, record, resident, step_id, step, sent)


def _taken(session: Session, actor: Actor, step_id: UUID, sent: bytes) -> bool:
    first = made_before(session, CareEvent, step_id, sent, author=CareEvent.actor_id, by=actor.user_id)
    return first is not None


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value is None else str(value) for name, value in values.items()}
