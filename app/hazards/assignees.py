"""Who may be given a hazard."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Role
from app.errors import DomainError, Kind
from app.identity import holders

FIELD_ROLES = frozenset({Role.BUILDING_LEAD, Role.GRID_WORKER, Role.COMMUNITY_ADMIN})


class AssigneeUnfitError(DomainError):
    """The user is unknown, disabled, or holds no field role over the hazard's area now."""

    code = "assignee_unfit"
    kind = Kind.INVALID


def check_assignee(session: Session, user_id: UUID, area_code: str) -> None:
    """Refuse whoever holds no field role over the area now. Raises AssigneeUnfitError."""
    if not holders(session, area_code, FIELD_ROLES, among=[user_id]):
        raise AssigneeUnfitError(field="assignee_id")
