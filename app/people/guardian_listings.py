"""Which guardianships there are: of a child, of the actor's areas, and of the actor himself."""

import enum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from app.actors import Actor
from app.clock import business_day
from app.models import Guardianship
from app.people.guardians import guardianship_in_force
from app.people.listings import resident_in_scope


class GuardianshipState(enum.StrEnum):
    """Which guardianships somebody asks for."""

    WAITING = "waiting"
    """On record, and nobody has verified it."""
    IN_FORCE = "in_force"
    OVER = "over"
    """Ended, or past its last day."""


def guardians_of(
    session: Session, actor: Actor, child_id: UUID, *, after: UUID | None, limit: int
) -> list[Guardianship]:
    """List the guardianships of a child, the newest first, ended ones too. Raises NotFoundError."""
    resident_in_scope(session, actor, child_id)
    query = (
        select(Guardianship)
        .where(Guardianship.child_id == child_id)
        .order_by(Guardianship.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Guardianship.id < after)
    return list(session.scalars(query))


def guardianships(
    session: Session, actor: Actor, *, state: GuardianshipState | None, after: UUID | None, limit: int
) -> list[Guardianship]:
    """List the guardianships of the actor's areas, the newest first; on request those of one state."""
    query = (
        select(Guardianship)
        .where(actor.scope.clause(Guardianship.area_code))
        .order_by(Guardianship.id.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(_in_state(state))
    if after is not None:
        query = query.where(Guardianship.id < after)
    return list(session.scalars(query))


def _in_state(state: GuardianshipState) -> ColumnElement[bool]:
    if state is GuardianshipState.IN_FORCE:
        return guardianship_in_force()
    over = or_(Guardianship.ended_at.is_not(None), Guardianship.valid_until < business_day())
    if state is GuardianshipState.OVER:
        return over
    return and_(not_(over), Guardianship.verified_at.is_(None))


def wards(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[Guardianship]:
    """List the children for whom the actor stands up as a verified guardian now, the newest first."""
    if actor.resident_id is None:
        return []
    query = (
        select(Guardianship)
        .where(Guardianship.guardian_id == actor.resident_id, guardianship_in_force())
        .options(joinedload(Guardianship.child))
        .order_by(Guardianship.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Guardianship.id < after)
    return list(session.scalars(query))
