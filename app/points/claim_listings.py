"""Reading claims: the queue of staff, a household's own, and what the public notice shows of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload

from app import evidence
from app.actors import Actor
from app.errors import NotFoundError
from app.evidence import NamedPhoto
from app.harm import reading_as
from app.models import Claim, ClaimEvent, ClaimStatus, Household, User
from app.people import is_child, masked
from app.points.kept_back import NOTE_KEPT_BACK, reads_as_home, shown_to
from app.points.reach import communities

_CHILD = "小朋友"
"""How the public notice calls who is under 14: it names no child (domain.md, claim)."""
_DOOR = "***"
_MOST_STEPS = 100
_STEPS = (
    select(ClaimEvent, User.name, NOTE_KEPT_BACK)
    .outerjoin(User, User.id == ClaimEvent.actor_id)
    .where(ClaimEvent.claim_id == bindparam("claim_id"))
    .order_by(ClaimEvent.number)
    .limit(_MOST_STEPS)
)


@dataclass(frozen=True)
class ShownStep:
    """A step of a claim, who took it, and what he said of it as far as the reader may know."""

    event: ClaimEvent
    actor_name: str | None
    note: str


@dataclass(frozen=True)
class ShownClaim:
    """A claim with the photos that it names and, where it is shown alone, its steps."""

    claim: Claim
    photos: list[NamedPhoto]
    steps: list[ShownStep] = field(default_factory=list)


@dataclass(frozen=True)
class PublicClaim:
    """What everybody in the community may read of a claim: rule, points, masked household."""

    id: UUID
    rule_title: str
    category: str
    points: int
    household: str
    who: str
    happened_at: datetime
    notice_until: datetime | None


def claims(
    session: Session,
    actor: Actor,
    *,
    area_code: str | None = None,
    household_id: UUID | None = None,
    status: ClaimStatus | None = None,
    after: UUID | None,
    limit: int,
) -> list[ShownClaim]:
    """List claims within reach, the newest first; a home finds none that tells of harm to a minor."""
    query = _page(_whole(select(Claim)), after, limit).where(
        actor.scope.clause(Claim.area_code, Claim.household_id), shown_to(actor)
    )
    if area_code is not None:
        query = query.where(Claim.area_code.startswith(area_code, autoescape=True))
    if household_id is not None:
        query = query.where(Claim.household_id == household_id)
    if status is not None:
        query = query.where(Claim.status == status)
    return _with_photos(session, session.scalars(query, reading_as(actor.user_id)).all())


def claim_in_scope(session: Session, actor: Actor, claim_id: UUID, *, steps: bool = False) -> ShownClaim:
    """Give one claim, with each of its steps if they are asked for.

    Raises NotFoundError out of reach, and for the home of one that tells of harm to a minor.
    """
    query = _whole(select(Claim)).where(
        Claim.id == claim_id, actor.scope.clause(Claim.area_code, Claim.household_id), shown_to(actor)
    )
    query = query.execution_options(populate_existing=True)
    found = session.scalars(query, reading_as(actor.user_id)).all()
    if not found:
        raise NotFoundError
    whole = shown(session, found[0])
    return replace(whole, steps=_steps(session, actor, found[0])) if steps else whole


def shown(session: Session, claim: Claim) -> ShownClaim:
    """Give a claim, read with its rule and resident, beside the photos that it names."""
    return _with_photos(session, [claim])[0]


def claims_in_notice(
    session: Session, actor: Actor, *, area_code: str | None = None, after: UUID | None, limit: int
) -> list[PublicClaim]:
    """List the claims in public notice of the communities within reach, the newest first, masked.

    The notice shows rule, points and a household without its door (PIPL 25 asks for consent to more).
    """
    query = _page(select(Claim), after, limit).where(
        communities(actor).clause(Claim.area_code), Claim.status == ClaimStatus.IN_NOTICE
    )
    if area_code is not None:
        query = query.where(Claim.area_code.startswith(area_code, autoescape=True))
    query = query.options(
        joinedload(Claim.rule),
        joinedload(Claim.resident),
        joinedload(Claim.household).joinedload(Household.place),
    )
    return [_public(claim) for claim in session.scalars(query)]


def _steps(session: Session, actor: Actor, claim: Claim) -> list[ShownStep]:
    """Give the steps; of a note that tells of harm in another's words a home reads that there was a step."""
    rows = session.execute(_STEPS, {"claim_id": claim.id, **reading_as(actor.user_id)})
    at_home = reads_as_home(actor, claim)
    return [
        ShownStep(event, name, note="" if at_home and is_kept_back else event.note)
        for event, name, is_kept_back in rows
    ]


def _public(claim: Claim) -> PublicClaim:
    resident = claim.resident
    return PublicClaim(
        id=claim.id,
        rule_title=claim.rule.title,
        category=claim.rule.category,
        points=claim.points,
        household=claim.household.place.name + _DOOR,
        who=_CHILD if is_child(resident) else masked(resident.name),
        happened_at=claim.happened_at,
        notice_until=claim.notice_until,
    )


def _page(query: Select[Any], after: UUID | None, limit: int) -> Select[Any]:
    query = query.order_by(Claim.id.desc()).limit(limit)
    return query if after is None else query.where(Claim.id < after)


def _whole(query: Select[Any]) -> Select[Any]:
    return query.options(joinedload(Claim.rule), joinedload(Claim.resident))


def _with_photos(session: Session, found: Sequence[Claim]) -> list[ShownClaim]:
    named = evidence.photos_of(session, [claim.id for claim in found])
    return [ShownClaim(claim, named[claim.id]) for claim in found]
