"""Deciding on claims: verify, approve, return, reject; and posting when the public notice is over."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor, Role
from app.clock import business_day, end_of, now
from app.errors import DomainError, Kind
from app.models import (
    Claim,
    ClaimStatus,
    ClaimStep,
    SourceKind,
    TransferKind,
)
from app.once import content_hash
from app.people import check_other_household
from app.points import ledger
from app.points.accounts import Ends, award_ends
from app.points.caps import check_cap
from app.points.claim_steps import (
    MAY_VERIFY,
    Course,
    Step,
    begin,
    sent_by,
    tell,
    tell_office,
    verifies_what_he_approves,
)
from app.points.ledger import Posting
from app.points.reach import holds_over


class WrongVerifierError(DomainError):
    """The rule wants somebody else to verify: the grid worker, or the building lead."""

    code = "wrong_verifier"
    kind = Kind.FORBIDDEN


class AdminDecidesError(DomainError):
    """Once a claim is verified, the community admin alone decides on it."""

    code = "admin_decides"
    kind = Kind.FORBIDDEN


class OwnSubmissionError(DomainError):
    """Whoever sent a claim, reported what it rewards, or let in who did, neither verifies nor approves it."""

    code = "own_submission"
    kind = Kind.FORBIDDEN


class SameVerifierError(DomainError):
    """What somebody sent for another, or was let in by staff to send, is not approved by who verified it."""

    code = "same_verifier"
    kind = Kind.FORBIDDEN


def verify(session: Session, actor: Actor, claim_id: UUID, step_id: UUID, *, note: str = "") -> Claim:
    """Confirm that what is claimed is so.

    Raises NotFoundError, OtherContentError, OwnHouseholdError, OwnSubmissionError, WrongVerifierError,
    IllegalStepError.
    """
    step = begin(session, actor, claim_id, step_id, ClaimStep.VERIFY, note=note)
    claim = step.claim
    if step.repeated:
        return claim
    check_other_household(actor, claim.household_id)
    _check_sent_by_another(session, actor, claim)
    _check_may_verify(actor, claim)
    claim.advance(ClaimStatus.VERIFIED)
    claim.verified_by = actor.user_id
    step.record(note)
    tell(session, [claim], ClaimStep.VERIFY, by=actor.user_id)
    tell_office(session, claim)
    return claim


def approve(session: Session, actor: Actor, claim_id: UUID, step_id: UUID, *, note: str = "") -> Claim:
    """Grant the points: into public notice, or straight into the ledger where the rule asks for no notice.

    The notice lasts until the end of the rule's n-th following calendar day.

    Raises NotFoundError, OtherContentError, OwnHouseholdError, OwnSubmissionError, SameVerifierError,
    CapReachedError, IllegalStepError.
    """
    step = begin(session, actor, claim_id, step_id, ClaimStep.APPROVE, note=note)
    claim = step.claim
    if step.repeated:
        return claim
    check_other_household(actor, claim.household_id)
    _check_sent_by_another(session, actor, claim)
    claim.check_step(ClaimStatus.APPROVED)
    if verifies_what_he_approves(actor, claim):
        raise SameVerifierError
    check_cap(session, claim)
    days = claim.rule.notice_days
    ends = None if days else award_ends(session, {claim.household_id: claim.area_code})[claim.household_id]
    claim.advance(ClaimStatus.APPROVED)
    claim.approved_by = actor.user_id
    if days:
        claim.advance(ClaimStatus.IN_NOTICE)
        claim.notice_until = end_of(business_day() + timedelta(days=days))
    course = step.record(note)
    if ends is not None:
        _post(course, ends)
    tell(session, [claim], ClaimStep.APPROVE, by=actor.user_id)
    return claim


def give_back(session: Session, actor: Actor, claim_id: UUID, step_id: UUID, *, reason: str) -> Claim:
    """Return a claim to whoever made it, to be mended and sent again.

    Raises NotFoundError, OtherContentError, OwnHouseholdError, WrongVerifierError, OwnSubmissionError,
    AdminDecidesError, IllegalStepError.
    """
    step = begin(session, actor, claim_id, step_id, ClaimStep.RETURN, reason=reason)
    return _turn_down(step, ClaimStatus.RETURNED, reason)


def reject(session: Session, actor: Actor, claim_id: UUID, step_id: UUID, *, reason: str) -> Claim:
    """Refuse a claim for good; who claimed is told why. Raises as ``give_back``."""
    step = begin(session, actor, claim_id, step_id, ClaimStep.REJECT, reason=reason)
    return _turn_down(step, ClaimStatus.REJECTED, reason)


def due_claims(session: Session, limit: int) -> list[UUID]:
    """Name the claims whose public notice is over, the longest first, at most ``limit``."""
    return list(session.scalars(_due(select(Claim.id), limit)))


def post_due(session: Session, limit: int, *, only: UUID | None = None) -> int:
    """Post claims whose public notice is over, at most ``limit``, or ``only`` this one; give how many.

    Claims that somebody else is posting at the moment are left to him. Accounts are locked in the order of
    their ids, so that two of these never wait in a circle.
    """
    query = _due(select(Claim), limit)
    due = session.scalars(
        (query if only is None else query.where(Claim.id == only))
        .options(joinedload(Claim.rule))
        .with_for_update(of=Claim, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    ends = award_ends(session, {claim.household_id: claim.area_code for claim in due})
    for claim in sorted(due, key=lambda claim: ends[claim.household_id].credit_id):
        _post(Course.of(session, claim), ends[claim.household_id])
    tell(session, due, ClaimStep.POST, by=None)
    return len(due)


def _due(query: Select[Any], limit: int) -> Select[Any]:
    over = (Claim.status == ClaimStatus.IN_NOTICE) & (Claim.notice_until <= now())
    return query.where(over).order_by(Claim.notice_until, Claim.id).limit(limit)


def _check_sent_by_another(session: Session, actor: Actor, claim: Claim) -> None:
    """Refuse with OwnSubmissionError whoever sent the claim, in whatever name, or may have."""
    if actor.user_id in sent_by(session, claim):
        raise OwnSubmissionError


def _check_may_verify(actor: Actor, claim: Claim) -> None:
    if not any(holds_over(actor, role, claim.area_code) for role in MAY_VERIFY[claim.rule.verifier]):
        raise WrongVerifierError


def _turn_down(step: Step, to: ClaimStatus, reason: str) -> Claim:
    claim, actor = step.claim, step.actor
    if step.repeated:
        return claim
    check_other_household(actor, claim.household_id)
    if not holds_over(actor, Role.COMMUNITY_ADMIN, claim.area_code):
        if claim.status is ClaimStatus.VERIFIED:
            raise AdminDecidesError
        _check_sent_by_another(step.session, actor, claim)
        _check_may_verify(actor, claim)
    claim.advance(to)
    step.record(reason)
    tell(step.session, [claim], step.verb, by=actor.user_id)
    return claim


def _post(course: Course, ends: Ends) -> None:
    """Put an approved claim's points into the ledger and say so among its events."""
    claim = course.claim
    claim.advance(ClaimStatus.POSTED)
    course.record(ClaimStep.POST, content_hash(ClaimStep.POST, claim.id), by=None)
    ledger.post(
        course.session,
        Posting(
            area_code=claim.rule.area_code,
            debit_id=ends.debit_id,
            credit_id=ends.credit_id,
            amount=claim.points,
            kind=TransferKind.AWARD,
            source_kind=SourceKind.CLAIM,
            source_id=claim.id,
            at=now(),
            rule_id=claim.rule_id,
            resident_id=claim.resident_id,
            by_id=claim.approved_by,
        ),
    )
