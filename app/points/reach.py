"""How far an actor reaches for what belongs to a community as a whole: its rules, its shop."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor, Role, Scope, community_of
from app.errors import NotFoundError
from app.models import Household
from app.people import household_in_scope


def communities(actor: Actor) -> Scope:
    """Give the actor's reach widened to whole communities: a grid has the rules of its community."""
    return Scope(areas=tuple(dict.fromkeys(community_of(prefix) for prefix in actor.scope.areas)))


def holds_over(actor: Actor, role: Role, area_code: str) -> bool:
    """Say whether the actor holds a role in an area."""
    return any(held.role is role and area_code.startswith(held.area_code) for held in actor.held)


def own_or_in_scope(session: Session, actor: Actor, household_id: UUID | None) -> Household:
    """Give a household within reach, by default the actor's own. Raises NotFoundError."""
    household_id = household_id or actor.scope.household_id
    if household_id is None:
        raise NotFoundError(field="household_id")
    return household_in_scope(session, actor, household_id)
