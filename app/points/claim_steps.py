"""How one step of a claim is taken: locked, safe to repeat, numbered, recorded, told."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from app import harm, notices
from app.actors import Actor, Role
from app.clock import now
from app.errors import NotFoundError
from app.harm import HarmRecord, Told
from app.identity import holders, seeing_to
from app.models import Claim, ClaimEvent, ClaimStep, Rule, User, Verifier
from app.notices import NoticeKind
from app.once import append_event, content_hash, made_before
from app.people import accounts_of_home
from app.points.kept_back import NAMED, check_shown, is_hidden_from

_LOCKED = (
    select(Claim)
    .where(Claim.id == bindparam("claim_id"))
    .options(joinedload(Claim.rule), joinedload(Claim.resident))
    .with_for_update(of=Claim)
    .execution_options(populate_existing=True)
)
_CONCERNED = (
    select(Claim.id, User.id, NAMED)
    .outerjoin(User, User.resident_id == Claim.resident_id)
    .where(Claim.id.in_(bindparam("claims", expanding=True)))
)
_SENT = select(ClaimEvent.actor_id, ClaimEvent.let_in_by).where(
    ClaimEvent.claim_id == bindparam("claim"), ClaimEvent.step.in_([ClaimStep.SUBMIT, ClaimStep.RESUBMIT])
)
_LAST_NUMBER = func.coalesce(
    select(func.max(ClaimEvent.number)).where(ClaimEvent.claim_id == bindparam("claim")).scalar_subquery(), 0
)
"""The number of a claim's last event, 0 if there is none; ``claim`` is given beside what else is."""
_LAST, _NEXT_NUMBER = select(_LAST_NUMBER), _LAST_NUMBER + 1
"""All built once: putting a statement together costs as much as running it."""
MAY_VERIFY = {
    Verifier.GRID_WORKER: (Role.GRID_WORKER,),
    Verifier.BUILDING_LEAD: (Role.BUILDING_LEAD,),
    Verifier.EITHER: (Role.GRID_WORKER, Role.BUILDING_LEAD),
}
"""Whom a rule wants to verify what is claimed under it."""


@dataclass
class Course:
    """The steps of a claim so far, continued under its lock."""

    session: Session
    claim: Claim
    number: int = 0
    """Of the last event."""

    @classmethod
    def of(cls, session: Session, claim: Claim) -> "Course":
        """Read how far a claim that is locked has come."""
        return cls(session, claim, session.scalar(_LAST, {"claim": claim.id}) or 0)

    def record(
        self, step: ClaimStep, sent: bytes, *, by: UUID | None, note: str = "", let_in_by: UUID | None = None
    ) -> None:
        """Leave the event of a step that nobody named."""
        self.number += 1
        append_event(
            self.session,
            ClaimEvent,
            None,
            sent,
            number=self.number,
            **_facts(self.claim, step, by=by, note=note, let_in_by=let_in_by),
        )


@dataclass(frozen=True)
class Step:
    """A step somebody is taking: the locked claim with its rule, and what its event will say."""

    session: Session
    actor: Actor
    claim: Claim
    id: UUID
    """Made by whoever takes the step; its event gets it."""
    verb: ClaimStep
    sent: bytes
    """Hash of the verb, its actor, the claim and the input."""
    repeated: bool
    """The step was taken before and its reply lost: there is nothing left to do."""

    def record(self, note: str = "") -> Course:
        """Leave the step's event, and give the course of the claim. Raises OtherContentError."""
        signs = harm.signs_of_harm(self.session, self.actor, [note], about=self.claim.resident)
        return self.record_known(note, signs)

    def record_known(self, note: str, signs: list[str]) -> Course:
        """Leave the event of a step in whose note signs of harm were looked for already."""
        event = append_event(
            self.session,
            ClaimEvent,
            self.id,
            self.sent,
            number=_NEXT_NUMBER,
            claim=self.claim.id,
            **_facts(self.claim, self.verb, by=self.actor.user_id, note=note, let_in_by=self.actor.let_in_by),
        )
        claim = self.claim
        if signs:
            told = Told(HarmRecord.CLAIM, claim.id, claim.area_code, self.id)
            harm.open_case(self.session, self.actor, told, signs, about=claim.resident)
        return Course(self.session, claim, event.number)


def begin(
    session: Session, actor: Actor, claim_id: UUID, step_id: UUID, verb: ClaimStep, **sent: Any
) -> Step:
    """Lock a claim for a step that whoever takes it named.

    A step that was taken is known by its name, whatever followed it, and before anything is judged: it is
    marked as repeated, also for somebody whose reach is another by now.

    Raises OtherContentError if the actor used the name for something else, NotFoundError out of his reach and
    for what is kept back from him.
    """
    claim = session.scalars(_LOCKED, {"claim_id": claim_id}).one_or_none()
    if claim is None:
        raise NotFoundError
    mark = content_hash(verb, actor.user_id, claim_id, sent)
    event = made_before(session, ClaimEvent, step_id, mark, author=ClaimEvent.actor_id, by=actor.user_id)
    if event is None and not actor.scope.covers(claim.area_code, claim.household_id):
        raise NotFoundError
    check_shown(session, actor, claim, repeated=event is not None)
    return Step(session, actor, claim, step_id, verb, mark, repeated=event is not None)


def _facts(
    claim: Claim, step: ClaimStep, *, by: UUID | None, note: str, let_in_by: UUID | None
) -> dict[str, Any]:
    return {
        "area_code": claim.area_code,
        "claim_id": claim.id,
        "step": step,
        "status_after": claim.status,
        "points": claim.points,
        "actor_id": by,
        "let_in_by": let_in_by,
        "at": now(),
        "note": note,
    }


def tell(session: Session, claims: Collection[Claim], step: ClaimStep, *, by: UUID | None) -> None:
    """Tell the submitter and the resident, except whoever took the step himself, how a claim stands.

    From whom the claim is kept back is told nothing: a notice of what he cannot open would tell of it.
    """
    rows = session.execute(_CONCERNED, {"claims": [claim.id for claim in claims]})
    accounts = {claim_id: (account, of_harm) for claim_id, account, of_harm in rows}
    for claim in claims:
        account, of_harm = accounts[claim.id]
        for user_id in {claim.submitted_by, account} - {by}:
            if user_id is None or (of_harm and is_hidden_from(session, user_id, claim.id)):
                continue
            notices.post(
                session,
                NoticeKind.CLAIM_STEP,
                to=user_id,
                area_code=claim.area_code,
                claim_id=claim.id,
                step=step,
                status=claim.status,
            )


def sent_by(session: Session, claim: Claim) -> set[UUID | None]:
    """Give who sent a claim or reported what it rewards, in whatever name, and who made their way in.

    Events are looked through only where somebody acted for a resident, or was let in: none else but its
    submitter and its own household sends a claim again.
    """
    if not claim.has_others_behind:
        return {claim.submitted_by}
    sent = session.execute(_SENT, {"claim": claim.id})
    return {claim.submitted_by, *(user_id for both in sent for user_id in both)}


def verifies_what_he_approves(actor: Actor, claim: Claim) -> bool:
    """Say whether the actor verified a claim that others than its resident may have sent."""
    return claim.has_others_behind and claim.verified_by == actor.user_id


def tell_office(session: Session, claim: Claim) -> None:
    """Tell the office above of a verified claim that no admin may approve: their home's, or sent by them."""
    barred = sent_by(session, claim) | accounts_of_home(session, claim.household_id)
    if claim.has_others_behind:
        barred.add(claim.verified_by)
    what, to_know = seeing_to.who_sees_to_it(session, claim.area_code, but=barred)
    if what == "nobody_decides":
        _tell_nobody_decides(session, claim, to_know)


def tell_unverifiable(session: Session, claim: Claim, rule: Rule) -> None:
    """Tell the office above of a claim made by a fact that nobody there may verify."""
    barred = sent_by(session, claim) | accounts_of_home(session, claim.household_id)
    if holders(session, claim.area_code, MAY_VERIFY[rule.verifier]) <= barred:
        admins = holders(session, claim.area_code, {Role.COMMUNITY_ADMIN})
        _, to_know = seeing_to.who_sees_to_it(session, claim.area_code, but=barred | admins)
        _tell_nobody_decides(session, claim, to_know)


def _tell_nobody_decides(session: Session, claim: Claim, to_know: Collection[UUID]) -> None:
    about = {"what": "nobody_decides", "claim_id": claim.id}
    for user_id in sorted(to_know):
        notices.post(session, NoticeKind.APPROVAL, to=user_id, area_code=claim.area_code, **about)
