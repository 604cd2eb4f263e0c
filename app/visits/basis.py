"""What the notes of a visit rest on: a duty of care, a consent, an emergency, or the duty to report."""

from sqlalchemy.orm import Session

from app.errors import DomainError, Kind
from app.models import CareCategory, CareRecord, ConsentPurpose, FollowUp, VisitBasis, VisitOutcome
from app.people import (
    Basis,
    Category,
    ConsentChangedError,
    NoBasisError,
    Whom,
    check_about,
    is_child,
    is_minor,
)

BY_LAW = frozenset(
    {CareCategory.ELDERLY, CareCategory.DISABLED, CareCategory.LEFT_BEHIND_CHILD, CareCategory.DESTITUTE}
)
"""Groups that a law has the community look after: Law on the Elderly 38, Law on Persons with Disabilities 7,
Minor Protection Law 43, Interim Measures for Social Assistance 4. That left-behind women and monitored
households are called on say policies, which are no statutory duty (PIPL, art. 13(3)): how they fare is theirs
to tell."""
_OF_CONSENT = {
    ConsentPurpose.MINORS: VisitBasis.GUARDIAN_CONSENT,
    ConsentPurpose.HEALTH_HARDSHIP: VisitBasis.CONSENT,
}


class ResultNeededError(DomainError):
    """What came of a follow-up is told in words, unless nothing may be written down any more."""

    code = "result_needed"
    kind = Kind.INVALID


def may_keep_silent(session: Session, record: CareRecord) -> bool:
    """Say whether a form may stay empty: it takes the resident's own consent, or its guardian gave none."""
    if not is_child(record.resident):
        return _whom(record) is Whom.RESIDENT
    return not _is_agreed_to(session, record)


def basis_of(
    session: Session, record: CareRecord, outcome: VisitOutcome, *, harm: bool, told: bool
) -> VisitBasis:
    """Say by what right a visit to a resident is written down today; ``told``: it has words or pictures.

    Staff visit by duty (PIPL, art. 13(3)). A child under 14 asks for its guardian's consent too (art. 31),
    but for an emergency or signs of harm: these must be reported whatever anybody agreed to (Minor Protection
    Law, art. 11). Whom no law has the community look after is asked himself before his health and
    hardship are noted (art. 29), but for an emergency (art. 13(4)); that somebody called on him is the
    worker's own duty done, with a child whose guardian does not agree as well. What he tells of harm to a
    child is reported whatever he agreed to.

    Raises NoBasisError, ConsentChangedError.
    """
    emergency = outcome is VisitOutcome.EMERGENCY
    if is_child(record.resident) and (harm or emergency):
        return VisitBasis.MANDATORY_REPORT
    if not told and may_keep_silent(session, record):
        return VisitBasis.DUTY
    try:
        basis = _check(session, record)
    except (NoBasisError, ConsentChangedError):
        if harm:
            return VisitBasis.MANDATORY_REPORT
        if emergency:
            return VisitBasis.EMERGENCY
        raise
    return _OF_CONSENT[basis] if isinstance(basis, ConsentPurpose) else VisitBasis.DUTY


def check_result(session: Session, row: FollowUp, result: str, *, harm: bool) -> None:
    """Refuse words about what came of a follow-up once the consent behind its visit was taken back.

    It can then be finished without any; signs of harm to a child are told in any case.

    Raises NoBasisError, ConsentChangedError, ResultNeededError.
    """
    by_consent = row.visit.basis in _OF_CONSENT.values()
    if not result and not by_consent:
        raise ResultNeededError(field="result")
    if result and by_consent and not harm:
        _check(session, row.visit.care_record)


def _is_agreed_to(session: Session, record: CareRecord) -> bool:
    try:
        _check(session, record)
    except (NoBasisError, ConsentChangedError):
        return False
    return True


def _check(session: Session, record: CareRecord) -> Basis:
    return check_about(session, record.resident, Category.HEALTH_HARDSHIP, whom=_whom(record))


def _whom(record: CareRecord) -> Whom:
    """Minors in need are looked after by law whatever the group (Minor Protection Law, art. 43)."""
    return Whom.CARED_FOR if record.category in BY_LAW or is_minor(record.resident) else Whom.RESIDENT
