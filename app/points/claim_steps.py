"""What every step of a claim shares: the locked row, the event it leaves, and who is told."""

from collections.abc import Collection
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


def was_repeated(session: Session, actor: Actor, claim: Claim, step: ClaimStep, *content: Any) -> bool:
    """Say whether the actor sends again the last step that a person took on the claim.

    Posting is no person's step: it may have followed meanwhile.
    """
    last = session.scalars(
        select(ClaimEvent)
        .where(ClaimEvent.claim_id == claim.id, ClaimEvent.step != ClaimStep.POST)
        .order_by(ClaimEvent.number.desc())
        .limit(1)
    ).one_or_none()
    return (
        last is not None
        and (last.step, last.actor_id) == (step, actor.user_id)
        and last.content_hash == content_hash(step, *content)
    )


def record(
    session: Session, claim: Claim, step: ClaimStep, *content: Any, by: UUID | None, note: str = ""
) -> None:
    """Leave the event of a step that was just taken, under the claim's lock."""
    last = session.scalars(
        select(ClaimEvent.number)
        .where(ClaimEvent.claim_id == claim.id)
        .order_by(ClaimEvent.number.desc())
        .limit(1)
    ).one_or_none()
    session.add(
        ClaimEvent(
            id=new_id(),
            area_code=claim.area_code,
            claim_id=claim.id,
            number=(last or 0) + 1,
            step=step,
            status_after=claim.status,
            points=claim.points,
            actor_id=by,
            at=now(),
            note=note,
            content_hash=content_hash(step, *content),
        )
    )


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
