"""What the notes of a visit rest on: the duty of care, a guardian's consent, or the duty to report."""

from sqlalchemy.orm import Session

from app.models import Resident, VisitBasis, VisitOutcome
from app.people import Category, Duty, check_about, is_child


def basis_of(session: Session, resident: Resident, outcome: VisitOutcome, *, harm: bool) -> VisitBasis:
    """Say by what right something is written down about a resident today.

    Staff visit by duty (PIPL, art. 13(3)). A child under 14 asks for its guardian's consent too (art. 31),
    but for an emergency or signs of harm: these must be reported whatever anybody agreed to (Minor Protection
    Law, art. 11).

    Raises NoBasisError, ConsentChangedError.
    """
    if is_child(resident) and (harm or outcome is VisitOutcome.EMERGENCY):
        return VisitBasis.MANDATORY_REPORT
    basis = check_about(session, resident, Category.HEALTH_HARDSHIP)
    return VisitBasis.DUTY if isinstance(basis, Duty) else VisitBasis.GUARDIAN_CONSENT
