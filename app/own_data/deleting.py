"""What goes when a request for deletion is granted, and what stays because a law asks for it.

Ledgers, consents, guardianships and the audit trail prove what was done, and are never part of it.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app.errors import DomainError, Kind
from app.models import (
    CLAIM_NEXT,
    CareEvent,
    CareRecord,
    Claim,
    DeletionKind,
    FollowUp,
    HarmCase,
    Photo,
    PhotoLink,
    Resident,
    Visit,
    VisitBasis,
)
from app.own_data import reach
from app.own_data.whose import whose_resident
from app.people import Numbers, sealed_numbers
from app.retention import kept_for_a_case
from app.sealing import Sealer, Showing
from app.visits import answers_of, need_of, note_of, result_of, word_of

_CLAIM_ENDED = [status for status, steps in CLAIM_NEXT.items() if not steps]


class KeptByLawError(DomainError):
    """Records of this resident may tell of harm to a minor, so nothing of them may be deleted."""

    code = "kept_by_law"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Figures:
    """How many things went, and how many a law keeps."""

    deleted: int
    kept: int


def delete_data(session: Session, sealer: Sealer, resident: Resident, what: DeletionKind) -> Figures:
    """Delete one kind of data of a locked resident.

    Raises KeptByLawError where a case of harm was ever opened (Minor Protection Law, art. 11;
    未成年人网络保护条例, art. 38): what surrounds it is evidence too.
    """
    if what is DeletionKind.NUMBERS:
        return _delete_numbers(sealer, resident)
    if session.scalar(select(exists().where(HarmCase.resident_id == resident.id))):
        raise KeptByLawError
    if what is DeletionKind.PHOTOS:
        return _delete_photos(session, resident)
    return _empty_notes(session, sealer, resident)


def _delete_numbers(sealer: Sealer, resident: Resident) -> Figures:
    """Delete both without opening them: one that does not open any more goes as well."""
    present = (resident.phone_sealed, resident.id_number_sealed)
    for name, value in sealed_numbers(sealer, resident.id, resident.area_code, Numbers()).items():
        setattr(resident, name, value)
    return Figures(deleted=sum(one is not None for one in present), kept=0)


def _delete_photos(session: Session, resident: Resident) -> Figures:
    """Delete the photos that only records of him name; the files go with the next sweep.

    A claim that runs still needs its photo, and so does an emergency that had to be reported, and what tells
    of harm to a minor.
    """
    pictures = reach.photos_of_him(whose_resident(session, resident))
    his = session.scalars(select(Photo.id).where(pictures)).all()
    by_duty = (Visit.basis == VisitBasis.MANDATORY_REPORT) | kept_for_a_case(Visit.id)
    visits = select(Visit.id).where(_visit_of(resident), ~by_duty)
    over = Claim.status.in_(_CLAIM_ENDED) & ~kept_for_a_case(Claim.id)
    claims = select(Claim.id).where(Claim.resident_id == resident.id, over)
    free = PhotoLink.record_id.in_(visits.union_all(claims))
    needed = exists().where(PhotoLink.photo_id == Photo.id, ~free)
    gone = session.scalars(select(Photo.id).where(Photo.id.in_(his), ~needed).with_for_update()).all()
    session.execute(delete(PhotoLink).where(PhotoLink.photo_id.in_(gone)))
    session.execute(delete(Photo).where(Photo.id.in_(gone)))
    return Figures(deleted=len(gone), kept=len(his) - len(gone))


def _empty_notes(session: Session, sealer: Sealer, resident: Resident) -> Figures:
    """Empty what was said on visits that rest on his or his guardian's consent, or whose care has ended.

    The columns become what retention makes of them; a visit that has no words, of its own or of a
    follow-up that is done, counts neither way. With them go the reasons of what was changed of ended care.
    Visits by duty stay while the duty lasts (Minor Protection Law, art. 43), and so do emergencies,
    and what was said to a grown-up about a child that comes to harm.
    """
    free = and_(
        Visit.basis != VisitBasis.MANDATORY_REPORT,
        ~kept_for_a_case(Visit.id),
        or_(
            Visit.basis.in_([VisitBasis.GUARDIAN_CONSENT, VisitBasis.CONSENT]),
            CareRecord.ended_on.is_not(None),
        ),
    )
    mine = select(Visit, free).join(CareRecord).where(CareRecord.resident_id == resident.id)
    rows = session.execute(mine.order_by(Visit.id).with_for_update(of=Visit)).all()
    showing = Showing(sealer)  # what does not open any more goes as well
    worded = {
        visit.id
        for visit, _ in rows
        if any((answers_of(showing, visit), note_of(showing, visit), word_of(showing, visit)))
    }
    gone = {visit.id for visit, is_free in rows if is_free}
    for visit, is_free in rows:
        if is_free:
            visit.answers_sealed = visit.note_sealed = visit.word_sealed = None
    over = select(CareRecord.id).where(
        CareRecord.resident_id == resident.id, CareRecord.ended_on.is_not(None)
    )
    events = CareEvent.care_record_id.in_(over) & CareEvent.reason_sealed.is_not(None)
    session.execute(update(CareEvent).where(events).values(reason_sealed=None))
    done = FollowUp.visit_id.in_({visit.id for visit, _ in rows}) & FollowUp.done_at.is_not(None)
    for follow_up in session.scalars(select(FollowUp).where(done).order_by(FollowUp.id).with_for_update()):
        if need_of(showing, follow_up) or result_of(showing, follow_up):
            worded.add(follow_up.visit_id)
        if follow_up.visit_id in gone:
            follow_up.need_sealed = follow_up.result_sealed = follow_up.course_sealed = None
    return Figures(deleted=len(worded & gone), kept=len(worded - gone))


def _visit_of(resident: Resident) -> ColumnElement[bool]:
    care = select(CareRecord.id).where(CareRecord.resident_id == resident.id)
    return Visit.care_record_id.in_(care)
