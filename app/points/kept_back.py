"""Claims that tell of harm to a minor, kept back from the home they are about (ADR 0013).

Who reads a claim by his household, or acts for somebody of it, does not find it, unless he wrote what it
says, or the report that it rewards, and is of age. Staff read by their office, but of their own household as
everybody of it does.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.actors import Actor
from app.errors import NotFoundError
from app.harm import BY_ANOTHER, IS_MINOR, READER, reading_as, told_by_another
from app.models import Claim, ClaimEvent, ClaimStep, HarmCase, HarmRecord, Hazard
from app.retention import earned_by_a_case, kept_for_a_case

_WRITTEN, _AGAIN = aliased(ClaimEvent), aliased(ClaimEvent)
_WROTE = (
    exists()
    .where(
        _WRITTEN.claim_id == Claim.id,
        _WRITTEN.step.in_([ClaimStep.SUBMIT, ClaimStep.RESUBMIT]),
        _WRITTEN.actor_id == READER,
    )
    .correlate(Claim)
)
_STEP = select(_AGAIN.step).where(_AGAIN.id == HarmCase.told_id).correlate(HarmCase).scalar_subquery()
"""Of the step that told of harm; compared as a value, since a list of all steps of a kind would be long."""
_OF_IT = HarmCase.claim_id == Claim.id
_WORDS_OF_ANOTHER = BY_ANOTHER & or_(HarmCase.told_id == Claim.id, _STEP == ClaimStep.RESUBMIT, ~_WROTE)
"""In the claim itself, or in a step if the reader did not write the claim. Who wrote it keeps it where only a
note of staff tells of harm, and does not see that note."""
_REWRITTEN = exists().where(_OF_IT, _WORDS_OF_ANOTHER).correlate(Claim)
_REPORTER = select(Hazard.reported_by).where(Hazard.id == Claim.source_id).correlate(Claim).scalar_subquery()
_EARNED = earned_by_a_case(Claim.source_kind, Claim.source_id)
_HIDDEN = or_(
    exists().where(_OF_IT, or_(IS_MINOR, _WORDS_OF_ANOTHER)).correlate(Claim),
    and_(_EARNED, or_(IS_MINOR, _REPORTER.is_distinct_from(READER))),
)
"""What a minor wrote himself is hidden from him, too: his home reads on his phone."""
NAMED = or_(kept_for_a_case(Claim.id, HarmRecord.CLAIM), _EARNED)
"""Whether a case names a claim, or the report that it rewards; whoever reads."""
_IS_HIDDEN = select(_HIDDEN).where(Claim.id == bindparam("claim_id")).select_from(Claim)
_IS_REWRITTEN = select(_REWRITTEN).where(Claim.id == bindparam("claim_id")).select_from(Claim)
NOTE_KEPT_BACK = told_by_another(ClaimEvent.id)
"""Whether a step's note tells of harm in the words of another; run with ``reading_as``."""


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL, beside ``Claim``, which claims of his reach an actor may read; run with ``reading_as``."""
    own = actor.scope.household_id
    homes = actor.other_homes if own is None else actor.other_homes | {own}
    return or_(Claim.household_id.not_in(sorted(homes)), ~_HIDDEN) if homes else true()


def reads_as_home(actor: Actor, claim: Claim) -> bool:
    """Say whether no office opens a claim to an actor: it is of his own household, or out of his areas."""
    return claim.household_id in actor.homes or not actor.scope.covers(claim.area_code)


def check_shown(session: Session, actor: Actor, claim: Claim, *, repeated: bool) -> None:
    """Refuse with NotFoundError a claim that is kept back from an actor.

    Who sends again what he sent before gets his answer, also a minor; but not the words of another that stand
    there now.
    """
    if reads_as_home(actor, claim):
        query = _IS_REWRITTEN if repeated else _IS_HIDDEN
        if session.scalar(query, {"claim_id": claim.id, **reading_as(actor.user_id)}):
            raise NotFoundError


def is_hidden_from(session: Session, user_id: UUID, claim_id: UUID) -> bool:
    """Say whether a claim is kept back from somebody of its household."""
    return bool(session.scalar(_IS_HIDDEN, {"claim_id": claim_id, **reading_as(user_id)}))
