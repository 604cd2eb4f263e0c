"""What every step of a claim shares: the locked row, its course so far, and who is told."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app import notices
from app.actors import Actor
from app.clock import now
from app.errors import NotFoundError
from app.ids import new_id
from app.models import Claim, ClaimEvent, ClaimStep, User
from app.notices import NoticeKind
from app.once import content_hash


def locked(session: Session, actor: Actor, claim_id: UUID) -> Claim:
    """Give a claim with its rule, and keep others from moving it. Raises NotFoundError out of reach."""
    claim = session.scalars(
        select(Claim)
        .where(Claim.id == claim_id, actor.scope.clause(Claim.area_code, Claim.household_id))
        .options(joinedload(Claim.rule), joinedload(Claim.resident))
        .with_for_update(of=Claim)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if claim is None:
        raise NotFoundError
    return claim


@dataclass
class Course:
    """The steps of a claim so far, read once under its lock, and continued from there."""

    session: Session
    claim: Claim
    number: int = 0
    """Of the last event."""
    last: ClaimEvent | None = None
    """The last step that a person took; posting is nobody's, and may have followed."""

    @classmethod
    def of(cls, session: Session, claim: Claim) -> "Course":
        """Read the course of a claim that is locked."""
        newest = session.scalars(
            select(ClaimEvent)
            .where(ClaimEvent.claim_id == claim.id)
            .order_by(ClaimEvent.number.desc())
            .limit(2)
        ).all()
        last = next((event for event in newest if event.step is not ClaimStep.POST), None)
        return cls(session, claim, newest[0].number if newest else 0, last)

    def repeats(self, actor: Actor, step: ClaimStep, *content: Any) -> bool:
        """Say whether the actor sends again the last step that a person took."""
        return (
            self.last is not None
            and (self.last.step, self.last.actor_id) == (step, actor.user_id)
            and self.last.content_hash == content_hash(step, *content)
        )

    def record(self, step: ClaimStep, *content: Any, by: UUID | None, note: str = "") -> None:
        """Leave the event of a step that was just taken."""
        self.number += 1
        event = ClaimEvent(
            id=new_id(),
            area_code=self.claim.area_code,
            claim_id=self.claim.id,
            number=self.number,
            step=step,
            status_after=self.claim.status,
            points=self.claim.points,
            actor_id=by,
            at=now(),
            note=note,
            content_hash=content_hash(step, *content),
        )
        self.session.add(event)


def tell(session: Session, claims: Collection[Claim], step: ClaimStep, *, by: UUID | None) -> None:
    """Tell the submitter and the resident, except whoever took the step himself, how a claim stands."""
    residents = {claim.resident_id for claim in claims}
    rows = session.execute(select(User.resident_id, User.id).where(User.resident_id.in_(residents)))
    users = {resident_id: user_id for resident_id, user_id in rows}  # noqa: C416 - rows are no pairs to a type checker
    for claim in claims:
        concerned = {claim.submitted_by, users.get(claim.resident_id)} - {by, None}
        for user_id in concerned:
            notices.post(
                session,
                NoticeKind.CLAIM_STEP,
                to=user_id,
                area_code=claim.area_code,
                claim_id=claim.id,
                step=step,
                status=claim.status,
            )
