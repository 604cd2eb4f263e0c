"""Who may be given a hazard, and who gives it."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor, Role
from app.errors import DomainError, Kind
from app.identity import Permission, holders, scope_of
from app.models import Hazard, HazardLevel

FIELD_ROLES = frozenset({Role.BUILDING_LEAD, Role.GRID_WORKER, Role.COMMUNITY_ADMIN})


class AssigneeUnfitError(DomainError):
    """The user is unknown, disabled, or holds no field role over the hazard's area now."""

    code = "assignee_unfit"
    kind = Kind.INVALID


class NotMajorError(DomainError):
    """The county gives out major hazards only; a general one is its community's own."""

    code = "not_major"
    kind = Kind.FORBIDDEN


def check_assignee(session: Session, user_id: UUID, area_code: str) -> None:
    """Refuse whoever holds no field role over the area now. Raises AssigneeUnfitError."""
    if not holders(session, area_code, FIELD_ROLES, among=[user_id]):
        raise AssigneeUnfitError(field="assignee_id")


def may_assign(actor: Actor, hazard: Hazard) -> bool:
    """Say whether the actor gives out this hazard: the community any of its own, the county a major one."""
    major = hazard.level is HazardLevel.MAJOR
    scope = scope_of(actor, Permission.HAZARD_ASSIGN if major else Permission.HAZARD_TRIAGE)
    return scope is not None and scope.covers(hazard.area_code)


def check_assigner(actor: Actor, hazard: Hazard) -> None:
    """Refuse the county where the hazard is general. Raises NotMajorError."""
    if not may_assign(actor, hazard):
        raise NotMajorError(id=hazard.id)
