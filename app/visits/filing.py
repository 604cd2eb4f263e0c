"""Filing visits: the record, its evidence, the next due day, and what follows."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import harm, notices, policies
from app.actors import Actor
from app.clock import business_day, now
from app.errors import DomainError, Kind
from app.evidence import (
    Gathered,
    PhotoOwner,
    Presence,
    Signals,
    clock_flag,
    gather,
    link_photos,
    link_signature,
)
from app.harm import HarmRecord, Told
from app.ids import new_id
from app.models import (
    CareRecord,
    ClockFlag,
    Confirmation,
    FollowUp,
    Household,
    NoticeKind,
    Resident,
    Visit,
    VisitBasis,
    VisitForm,
    VisitMode,
    VisitOutcome,
)
from app.once import added_later, content_hash, insert_once, made_before
from app.people import is_child
from app.places import CodeSigner
from app.sealing import Sealer, Showing
from app.visits import outcomes
from app.visits.answers import check_answers
from app.visits.basis import basis_of, may_keep_silent
from app.visits.care_listings import care_record_of
from app.visits.confirming import ask_whether_so
from app.visits.due import book
from app.visits.escalation import is_out_of_contact, tell_in_vain, tell_unagreed, tell_urgent
from app.visits.follow_up_doers import check_owners
from app.visits.former_homes import home_at
from app.visits.forms import form_for
from app.visits.prefilling import joined
from app.visits.sealed import sealed_need, sealed_visit
from app.visits.seen_hazards import NewHazard, report_seen
from app.visits.standing_in import hands

MAX_FOLLOW_UPS = 10
FURTHEST = timedelta(days=366)
"""No need may wait for longer than a year."""


class SignatureUsedError(DomainError):
    """Somebody signed for one visit, and this is another."""

    code = "signature_used"
    kind = Kind.CONFLICT


class DueDayError(DomainError):
    """A follow-up is due on the day of the visit it follows from, or within a year after it."""

    code = "due_day"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewFollowUp:
    """Something that is needed; without an owner it is the record's responsible worker's."""

    need: str
    due_on: date
    owner_id: UUID | None = None
    urgent: bool = False


@dataclass(frozen=True)
class NewVisit:
    """What it takes to file a visit."""

    care_record_id: UUID
    form_id: UUID
    mode: VisitMode
    outcome: VisitOutcome
    signals: Signals
    answers: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    photo_ids: tuple[UUID, ...] = ()
    follow_ups: tuple[NewFollowUp, ...] = ()
    harm_signs: bool = False
    """The worker sees signs that a minor comes to harm, the visited one or another."""
    unchanged_from: UUID | None = added_later(None)
    """The last complete visit, of which everything that lasts is so still, but what ``answers`` says anew."""
    cleared: tuple[str, ...] = added_later(())
    """What of it is no more, without another answer."""
    hazards: tuple[NewHazard, ...] = added_later(())
    signature_id: UUID | None = added_later(None)
    """What who was visited signed with on the worker's phone."""


def file(
    session: Session, actor: Actor, signer: CodeSigner, sealer: Sealer, visit_id: UUID, new: NewVisit
) -> tuple[Visit, bool]:
    """File a visit, book the next one, and tell whoever must act on it.

    The same visit again is the one it made, though the record was handed over or the form taken back since.
    Signs of harm open their case beside any outcome.

    Raises NotFoundError, NotResponsibleError, WrongFormError, OutcomeError, UnsignedError, what ``joined``,
    ``check_answers`` and ``basis_of`` raise, CareNotBegunError, CareEndedError, DueDayError,
    NotStaffHereError for a follow-up's owner, HazardNamesError, SignatureUsedError, OtherContentError.
    """
    sent = sealer.fingerprint(content_hash(actor.user_id, new))
    before = made_before(session, Visit, visit_id, sent, author=Visit.worker_id, by=actor.user_id)
    if before is not None:
        return before, False
    day = _day_of(new.signals.captured_at)
    record = care_record_of(session, actor, new.care_record_id, on=day)
    form = form_for(session, record.category, new.form_id)
    outcomes.check_contact(new.mode, new.outcome)
    outcomes.check_signed(new.mode, new.outcome, new.signature_id, new.photo_ids)
    new = replace(new, answers=_whole_answers(session, actor, sealer, record, form, new))
    flagged = outcomes.is_flagged(new.answers, flag=new.harm_signs)
    unasked = outcomes.comes_first(new.outcome, flagged=flagged)
    if not unasked:
        outcomes.check_begun(record.started_on, day)
        unasked = new.outcome is VisitOutcome.NOT_REACHED
        unasked = unasked or (not new.answers and may_keep_silent(session, record))
    check_answers(form.fields, new.answers, complete=not unasked)
    resident = record.resident
    signs = harm.signs_of_harm(session, actor, _texts(new), about=resident, flagged=flagged)
    home = resident.household if day is None else home_at(session, resident, new.signals.captured_at)
    basis = basis_of(session, record, new.outcome, harm=bool(signs), told=any(_told(record, new)))
    visit, made = insert_once(
        session,
        Visit,
        visit_id,
        sent,
        area_code=record.area_code,
        care_record_id=record.id,
        form_id=form.id,
        worker_id=actor.user_id,
        mode=new.mode,
        outcome=new.outcome,
        basis=basis,
        unchanged_from_id=new.unchanged_from,
        confirmation=Confirmation.NONE if new.signature_id is None else Confirmation.SIGNED,
        **sealed_visit(sealer, visit_id, answers=new.answers, note=new.note),
        **_gathered(session, actor, signer, home, new, visit_id).columns(),
    )
    if made:
        book(session, record, visit)
        if signs:
            told = Told(HarmRecord.VISIT, visit.id, visit.area_code)
            harm.open_case(session, actor, told, signs, about=resident)
        but = harm.not_told_of_visit(session, visit.id, resident)
        if is_out_of_contact(session, record, visit):
            tell_in_vain(session, record, visit, but=but, at_once=True)
        if basis is VisitBasis.DUTY and is_child(resident):
            tell_unagreed(session, visit, but=but)
        link_photos(session, PhotoOwner.VISIT, visit.id, visit.area_code, new.photo_ids, by=actor.user_id)
        if new.signature_id is not None:
            signed = (visit.id, visit.area_code, new.signature_id)
            if not link_signature(session, *signed, by=actor.user_id):
                raise SignatureUsedError(field="signature_id")
        _follow(session, sealer, record, visit, new, but=but)
        report_seen(session, actor, signer, resident, home, visit, new.signals, new.hazards)
        ask_whether_so(session, visit)
    return visit, made


def _day_of(captured_at: datetime) -> date | None:
    """Give the day on which a visit was made; None where the phone's clock is not believed."""
    return business_day(captured_at) if clock_flag(captured_at, now()) is ClockFlag.OK else None


def _whole_answers(
    session: Session, actor: Actor, sealer: Sealer, record: CareRecord, form: VisitForm, new: NewVisit
) -> dict[str, Any]:
    """Give all answers of a visit: it stands alone, whatever becomes of the one before."""
    at, captured_at = now(), new.signals.captured_at
    return joined(
        session,
        actor,
        Showing(sealer),
        record,
        form,
        unchanged_from=new.unchanged_from,
        cleared=new.cleared,
        answers=new.answers,
        at=captured_at if clock_flag(captured_at, at) is ClockFlag.OK else at,
    )


def _told(record: CareRecord, new: NewVisit) -> list[Any]:
    """Give all that takes a consent where one is asked for; of a child its pictures as well."""
    return [*_texts(new), *((*new.photo_ids, new.signature_id) if is_child(record.resident) else ())]


def _texts(new: NewVisit) -> list[str]:
    """Give every text that the worker wrote."""
    return [new.note, *(str(one) for one in new.answers.values()), *(one.need for one in new.follow_ups)]


def _gathered(
    session: Session, actor: Actor, signer: CodeSigner, home: Household, new: NewVisit, visit_id: UUID
) -> Gathered:
    """Weigh the signals of a visit at the door; of a call only the clocks are kept."""
    at, photos = now(), len(new.photo_ids)
    if new.mode is VisitMode.IN_PERSON:
        place = home.place
        gathered = gather(
            session, actor, signer, place, new.signals, record_id=visit_id, received_at=at, photos=photos
        )
        return policies.with_missing(session, place.area_code, gathered)
    captured_at = new.signals.captured_at
    return Gathered(
        signals=Signals(captured_at),
        received_at=at,
        clock_flag=clock_flag(captured_at, at),
        code_id=None,
        presence=Presence.UNVERIFIED,
        reasons=["not_in_person"],
    )


def _follow(
    session: Session,
    sealer: Sealer,
    record: CareRecord,
    visit: Visit,
    new: NewVisit,
    *,
    but: set[UUID],
) -> None:
    """Write the follow-ups and tell who sees to them; tell the admins at once if anything is urgent.

    Of who moved out or died since there is nothing more to do. None of ``but`` is told, from whom it is kept,
    nor who made the visit.
    """
    day = business_day(visit.happened_at)
    if any(not day <= one.due_on <= day + FURTHEST for one in new.follow_ups):
        raise DueDayError(field="follow_ups")
    owners = {one.owner_id for one in new.follow_ups if one.owner_id is not None}
    if owners:
        check_owners(session, record.resident, record.area_code, owners, field="follow_ups", on=day)
    left = select(Resident.left_on.is_not(None)).where(Resident.id == record.resident_id)
    to_do = () if session.scalar(left) else new.follow_ups  # the record is locked, as who leaves locks it
    there = hands(session, [record.area_code] if to_do else [])
    for one in to_do:
        follow_up_id = new_id()
        row = FollowUp(
            id=follow_up_id,
            area_code=record.area_code,
            visit_id=visit.id,
            need_sealed=sealed_need(sealer, follow_up_id, one.need),
            urgent=one.urgent,
            owner_id=one.owner_id or record.worker_id,
            due_on=one.due_on,
        )
        session.add(row)
        to = there.sees_to(row.area_code, row.owner_id) or row.owner_id
        if to not in but | {visit.worker_id}:
            _tell_owner(session, row, visit, to)
    if visit.outcome in outcomes.URGENT or any(one.urgent for one in new.follow_ups):
        what = "emergency" if visit.outcome is VisitOutcome.EMERGENCY else None
        tell_urgent(session, visit, but=but, knows=visit.worker_id, what=what)


def _tell_owner(session: Session, row: FollowUp, visit: Visit, to: UUID) -> None:
    """Write a notice that names things by id only: nothing of the person, nothing of his health."""
    about = {"visit_id": visit.id, "care_record_id": visit.care_record_id, "follow_up_id": row.id}
    kind = NoticeKind.FOLLOW_UP_ASSIGNED
    notices.post(session, kind, to=to, area_code=visit.area_code, **about)
