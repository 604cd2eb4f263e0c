"""Whom a hazard may be given to now: for whoever gives it out, and may know nobody there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Actor, community_of
from app.clock import business_day
from app.errors import NotFoundError
from app.hazards.assignees import FIELD_ROLES
from app.hazards.assignment import NotMajorError, may_assign
from app.hazards.steps import is_behind_own_door
from app.identity import holders, naming
from app.models import Absence, Hazard
from app.people import OwnHouseholdError
from app.plans import standing_in


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be given it."""

    user_id: UUID
    name: str
    posts: Sequence[naming.Post]
    """In the hazard's community."""
    stands_in: bool
    """He has no post over the hazard's area, and stands in today for somebody who has."""
    away_until: date | None
    """His last day away, if he is away today: he is given what has its deadline later."""


def candidates(
    session: Session, actor: Actor, hazard_id: UUID, *, after: UUID | None = None, limit: int
) -> list[Candidate]:
    """List everybody who may be given a hazard, by id, in a number of statements that no row adds to.

    Raises NotFoundError outside the actor's areas, NotMajorError, OwnHouseholdError for what is behind his
    own door.
    """
    row = session.scalars(select(Hazard).where(Hazard.id == hazard_id)).one_or_none()
    if row is None or not actor.scope.covers(row.area_code):
        raise NotFoundError
    if is_behind_own_door(session, actor, row):
        raise OwnHouseholdError
    if not may_assign(session, actor, row):
        raise NotMajorError(id=hazard_id)
    today, community = business_day(), community_of(row.area_code)
    over = holders(session, row.area_code, FIELD_ROLES)
    able = sorted(over | standing_in(session, row.area_code, on=today))
    some = [one for one in able if after is None or one > after][:limit]
    named = naming.named(session, some)
    away = _away(session, community, some, today)
    return [
        Candidate(
            user_id=one,
            name=named[one].name,
            posts=[post for post in named[one].posts if _is_near(post, community)],
            stands_in=one not in over,
            away_until=away.get(one),
        )
        for one in some
    ]


def _is_near(post: naming.Post, community: str) -> bool:
    near = community.startswith(post.area_code) or post.area_code.startswith(community)
    return near and post.role in FIELD_ROLES


def _away(session: Session, community: str, user_ids: Sequence[UUID], day: date) -> dict[UUID, date]:
    query = (
        select(Absence.worker_id, func.max(Absence.until_on))
        .where(
            Absence.area_code == community,
            Absence.worker_id.in_(user_ids),
            Absence.ended_at.is_(None),
            Absence.from_on <= day,
            Absence.until_on >= day,
        )
        .group_by(Absence.worker_id)
    )
    return dict(session.execute(query).all())
