"""Deciding on claims: verify, approve, return, reject; and posting when the public notice is over."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor, Role
from app.clock import business_day, end_of, now
from app.errors import DomainError, Kind
from app.models import (
    AccountKind,
    Claim,
    ClaimStatus,
    ClaimStep,
    SourceKind,
    TransferKind,
    Verifier,
)
from app.points import ledger
from app.points.accounts import household_account, system_account
from app.points.caps import check_cap
from app.points.claim_steps import locked, record, tell, was_repeated
from app.points.ledger import Posting
from app.points.reach import check_other_household, holds_over

_MAY_VERIFY = {
    Verifier.GRID_WORKER: (Role.GRID_WORKER,),
    Verifier.BUILDING_LEAD: (Role.BUILDING_LEAD,),
    Verifier.EITHER: (Role.GRID_WORKER, Role.BUILDING_LEAD),
}


class WrongVerifierError(DomainError):
    """The rule wants somebody else to verify: the grid worker, or the building lead."""

    code = "wrong_verifier"
    kind = Kind.FORBIDDEN


class AdminDecidesError(DomainError):
    """Once a claim is verified, the community admin alone decides on it."""

    code = "admin_decides"
    kind = Kind.FORBIDDEN


class OwnSubmissionError(DomainError):
    """Who submitted a claim does not verify it."""

    code = "own_submission"
    kind = Kind.FORBIDDEN


def verify(session: Session, actor: Actor, claim_id: UUID, *, note: str = "") -> Claim:
    """Confirm that what is claimed is so.

    Raises NotFoundError, OwnHouseholdError, OwnSubmissionError, WrongVerifierError, IllegalStepError.
    """
    claim = locked(session, actor, claim_id)
    check_other_household(actor, claim.household_id)
    _check_may_verify(actor, claim)
    if was_repeated(session, actor, claim, ClaimStep.VERIFY, note):
        return claim
    claim.advance(ClaimStatus.VERIFIED)
    claim.verified_by = actor.user_id
    _conclude(session, actor, claim, ClaimStep.VERIFY, note)
    return claim


def approve(session: Session, actor: Actor, claim_id: UUID, *, note: str = "") -> Claim:
    """Grant the points: into public notice, or straight into the ledger where the rule asks for no notice.

    The notice lasts until the end of the rule's n-th following calendar day.

    Raises NotFoundError, OwnHouseholdError, CapReachedError, IllegalStepError.
    """
    claim = locked(session, actor, claim_id)
    check_other_household(actor, claim.household_id)
    if was_repeated(session, actor, claim, ClaimStep.APPROVE, note):
        return claim
    claim.check_step(ClaimStatus.APPROVED)
    check_cap(session, claim)
    claim.advance(ClaimStatus.APPROVED)
    claim.approved_by = actor.user_id
    if claim.rule.notice_days:
        claim.advance(ClaimStatus.IN_NOTICE)
        claim.notice_until = end_of(business_day() + timedelta(days=claim.rule.notice_days))
    _conclude(session, actor, claim, ClaimStep.APPROVE, note)
    if not claim.rule.notice_days:
        _post(session, claim, household_account(session, claim.household_id, claim.area_code))
    return claim


def give_back(session: Session, actor: Actor, claim_id: UUID, *, reason: str) -> Claim:
    """Return a claim to whoever made it, to be mended and sent again.

    Raises NotFoundError, OwnHouseholdError, WrongVerifierError, OwnSubmissionError, AdminDecidesError,
    IllegalStepError.
    """
    return _turn_down(session, actor, claim_id, ClaimStep.RETURN, ClaimStatus.RETURNED, reason)


def reject(session: Session, actor: Actor, claim_id: UUID, *, reason: str) -> Claim:
    """Refuse a claim for good; who claimed is told why. Raises as ``give_back``."""
    return _turn_down(session, actor, claim_id, ClaimStep.REJECT, ClaimStatus.REJECTED, reason)


def post_due(session: Session, limit: int) -> int:
    """Post claims whose public notice is over, at most ``limit``; give how many.

    Claims that somebody else is posting at the moment are left to him. Accounts are made in the order of
    their households and locked in the order of their ids, so that two of these never wait in a circle.
    """
    due = session.scalars(
        select(Claim)
        .where(Claim.status == ClaimStatus.IN_NOTICE, Claim.notice_until <= now())
        .order_by(Claim.notice_until, Claim.id)
        .limit(limit)
        .options(joinedload(Claim.rule))
        .with_for_update(of=Claim, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    accounts = {
        claim.household_id: household_account(session, claim.household_id, claim.area_code)
        for claim in sorted(due, key=lambda claim: claim.household_id)
    }
    for claim in sorted(due, key=lambda claim: (accounts[claim.household_id], claim.id)):
        _post(session, claim, accounts[claim.household_id])
    tell(session, due, ClaimStep.POST, by=None)
    return len(due)


def _check_may_verify(actor: Actor, claim: Claim) -> None:
    if claim.submitted_by is not None and claim.submitted_by == actor.user_id:
        raise OwnSubmissionError
    if not any(holds_over(actor, role, claim.area_code) for role in _MAY_VERIFY[claim.rule.verifier]):
        raise WrongVerifierError


def _turn_down(
    session: Session, actor: Actor, claim_id: UUID, step: ClaimStep, to: ClaimStatus, reason: str
) -> Claim:
    claim = locked(session, actor, claim_id)
    check_other_household(actor, claim.household_id)
    if was_repeated(session, actor, claim, step, reason):
        return claim
    if not holds_over(actor, Role.COMMUNITY_ADMIN, claim.area_code):
        if claim.status is ClaimStatus.VERIFIED:
            raise AdminDecidesError
        _check_may_verify(actor, claim)
    claim.advance(to)
    record(session, claim, step, reason, by=actor.user_id, note=reason)
    tell(session, [claim], step, by=actor.user_id)
    return claim


def _conclude(session: Session, actor: Actor, claim: Claim, step: ClaimStep, note: str) -> None:
    record(session, claim, step, note, by=actor.user_id, note=note)
    tell(session, [claim], step, by=actor.user_id)


def _post(session: Session, claim: Claim, account_id: UUID) -> None:
    """Put an approved claim's points into the ledger and say so among its events."""
    claim.advance(ClaimStatus.POSTED)
    ledger.post(
        session,
        Posting(
            area_code=claim.rule.area_code,
            debit_id=system_account(session, claim.rule.area_code, AccountKind.ISSUANCE),
            credit_id=account_id,
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
    record(session, claim, ClaimStep.POST, by=None)
