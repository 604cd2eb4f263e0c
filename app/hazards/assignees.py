"""Who may be given a hazard, and who has it: a person, or all of a unit until one of them starts."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from app import plans
from app.actors import Actor, Role
from app.clock import business_day
from app.errors import DomainError, Kind
from app.identity import holders, holding
from app.models import HAZARD_IN_HAND, Hazard, HazardStatus, Unit, UnitMember
from app.plans import standing_in, stands_in_over

FIELD_ROLES = frozenset({Role.BUILDING_LEAD, Role.GRID_WORKER, Role.COMMUNITY_ADMIN})


class AssigneeUnfitError(DomainError):
    """The user holds no field role over the hazard's area now, nor stands in for one who does; or is gone."""

    code = "assignee_unfit"
    kind = Kind.INVALID


class UnitUnfitError(DomainError):
    """The unit is of another area or has ended, or nobody of it has a field role over the area now."""

    code = "unit_unfit"
    kind = Kind.INVALID


def check_assignee(session: Session, user_id: UUID, area_code: str, *, on: date) -> None:
    """Refuse whoever holds no field role over the area now, nor stands in on a day for one who does.

    Raises AssigneeUnfitError.
    """
    if holders(session, area_code, FIELD_ROLES, among=[user_id]):
        return
    if user_id not in standing_in(session, area_code, on=on):
        raise AssigneeUnfitError(field="assignee_id")


def check_unit(session: Session, unit_id: UUID, area_code: str) -> set[UUID]:
    """Give who of a unit can start; refuse one of which nobody could. Raises UnitUnfitError."""
    unit = session.get(Unit, unit_id)
    able = _of_unit(session, unit_id, area_code)
    if unit is None or not area_code.startswith(unit.area_code) or not able:
        raise UnitUnfitError(field="unit_id")
    return able


def who_has(session: Session, hazard: Hazard) -> set[UUID]:
    """Give who is to put a hazard right: its assignee, or all of its unit while none of them started."""
    if hazard.assignee_id is not None:
        return {hazard.assignee_id}
    return _of_unit(session, hazard.unit_id, hazard.area_code) if hazard.unit_id is not None else set()


def has(session: Session, actor: Actor, hazard: Hazard) -> bool:
    """Say whether the actor is one of those who are to put the hazard right."""
    return actor.user_id in who_has(session, hazard)


def given_elsewhere(actor: Actor, hazard: Hazard) -> bool:
    """Say whether a hazard was given to the actor himself, in a community in which he has a post.

    It may be over another part of it: then he stands in there.
    """
    given = actor.user_id is not None and hazard.assignee_id == actor.user_id
    return given and actor.scope.widened().covers(hazard.area_code)


def reading(session: Session, actor: Actor, place_id: UUID) -> Actor:
    """Give an actor who also reads a place of his day: he inspects it, or puts something right there."""
    given = select(Hazard.place_id).where(
        Hazard.assignee_id == actor.user_id,
        HAZARD_IN_HAND,
        actor.scope.widened().clause(Hazard.area_code),
    )
    return plans.reading(session, actor, place_id, given)


def in_hands_of(user_id: UUID) -> ColumnElement[bool]:
    """Say in SQL which hazards somebody is to put right, or was; those of his units while nobody started."""
    his_units = select(UnitMember.unit_id).where(UnitMember.user_id == user_id)
    of_unit = and_(Hazard.assignee_id.is_(None), Hazard.unit_id.in_(his_units))
    return or_(Hazard.assignee_id == user_id, of_unit)


def nobody_has() -> ColumnElement[bool]:
    """Say in SQL of which hazards in hand nobody who is to put them right has a field role there any more.

    Nor stands in today for one who has, with a post in the community: who may be given it keeps it.
    """
    able = exists().where(
        UnitMember.unit_id == Hazard.unit_id,
        Unit.id == UnitMember.unit_id,
        Unit.ended_at.is_(None),
        holding(FIELD_ROLES, UnitMember.user_id, Hazard.area_code).correlate(UnitMember, Hazard),
    )
    of_unit = and_(Hazard.assignee_id.is_(None), ~able)
    who, where = Hazard.assignee_id, Hazard.area_code
    stands_in = stands_in_over(who, where, on=business_day())
    return or_(and_(who.is_not(None), ~holding(FIELD_ROLES, who, where), ~stands_in), of_unit)


def barred_from_recheck(hazard: Hazard) -> UUID | None:
    """Give who may not say now that a hazard is right: whoever put it right.

    Of what a department put right it is whoever recorded its answer, until somebody else rechecked it: then
    two have looked at what neither of them did, and he may close it.
    """
    rechecked = hazard.department is not None and hazard.status is HazardStatus.VERIFIED
    return None if rechecked else hazard.rectified_by


def _of_unit(session: Session, unit_id: UUID, area_code: str) -> set[UUID]:
    """Give those of a unit who may work on what is in an area; nobody where it has ended."""
    query = (
        select(UnitMember.user_id)
        .join(Unit, Unit.id == UnitMember.unit_id)
        .where(UnitMember.unit_id == unit_id, Unit.ended_at.is_(None))
    )
    return holders(session, area_code, FIELD_ROLES, among=session.scalars(query).all())
