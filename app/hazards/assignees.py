"""Who may be given a hazard, and who has it: a person, or all of a unit until one of them starts."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app import plans
from app.actors import COMMUNITY_DIGITS, Actor, Role, community_of
from app.clock import business_day
from app.errors import DomainError, Kind
from app.identity import holders, holding
from app.models import (
    HAZARD_IN_HAND,
    HAZARD_PUT_RIGHT,
    Grant,
    Hazard,
    HazardEvent,
    HazardStatus,
    HazardStep,
    Unit,
    UnitMember,
    User,
)
from app.plans import is_away, standing_in, stands_in_over

FIELD_ROLES = frozenset({Role.BUILDING_LEAD, Role.GRID_WORKER, Role.COMMUNITY_ADMIN})


class AssigneeUnfitError(DomainError):
    """The user holds no field role over the hazard's area now, nor stands in for one who does; or is gone."""

    code = "assignee_unfit"
    kind = Kind.INVALID


class UnitUnfitError(DomainError):
    """The unit is of another area or has ended, or nobody of it may work on what is in the area now."""

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


def given_elsewhere(session: Session, actor: Actor, rows: Collection[Hazard]) -> set[UUID]:
    """Give which hazards were given to the actor, or wait for a unit of his, where he has a post nearby.

    It may be over another part of the community: then he stands in there.
    """
    near = [row for row in rows if actor.scope.widened().covers(row.area_code)]
    found = {row.id for row in near if actor.user_id is not None and row.assignee_id == actor.user_id}
    waiting = [row.id for row in near if row.assignee_id is None and row.unit_id is not None]
    if waiting and actor.user_id is not None:
        query = select(Hazard.id).where(Hazard.id.in_(waiting), waits_for(actor))
        found |= set(session.scalars(query))
    return found


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL which hazards wait for a unit of the actor, who could start them."""
    waiting = and_(Hazard.assignee_id.is_(None), Hazard.status == HazardStatus.ASSIGNED)
    near = {community_of(one) for one in actor.scope.areas if len(one) >= COMMUNITY_DIGITS}
    able = _may_start(Hazard.unit_id, Hazard.area_code, near=near)
    return and_(waiting, exists().where(able, UnitMember.user_id == actor.user_id))


def reading(session: Session, actor: Actor, place_id: UUID) -> Actor:
    """Give an actor who also reads a place of his day: he inspects it, or puts something right there."""
    given = select(Hazard.place_id).where(
        or_(Hazard.assignee_id == actor.user_id, waits_for(actor)),
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
    able = exists().where(_may_start(Hazard.unit_id, Hazard.area_code))
    of_unit = and_(Hazard.assignee_id.is_(None), ~able)
    who = Hazard.assignee_id
    return or_(and_(who.is_not(None), ~_may_have(who, Hazard.area_code)), of_unit)


def nobody_there(day: ColumnElement[date]) -> ColumnElement[bool]:
    """Say in SQL of which hazards of a unit all are away on a day, also in SQL, who could start."""
    away = is_away(UnitMember.user_id, Hazard.area_code, on=day)
    there = exists().where(_may_start(Hazard.unit_id, Hazard.area_code), ~away)
    return and_(Hazard.assignee_id.is_(None), ~there)


def barred_from_recheck(session: Session, rows: Collection[Hazard]) -> Mapping[UUID, set[UUID]]:
    """Give of hazards that were put right who may not say now that it is right: whoever did that.

    So may nobody whose work arrived later. Of what a department put right it is whoever recorded its answer,
    until somebody else rechecked it: then two have looked at what neither of them did, and he may close it.
    """
    did_it: list[tuple[UUID, UUID | None]] = []
    for row in rows:
        rechecked = row.department is not None and row.status is HazardStatus.VERIFIED
        if row.status in HAZARD_PUT_RIGHT and not rechecked:
            did_it.append((row.id, row.rectified_by))
    if did_it:
        late = session.execute(_late_work([hazard_id for hazard_id, _ in did_it]))
        did_it += [(hazard_id, user_id) for hazard_id, user_id in late]
    barred = defaultdict[UUID, set[UUID]](set)
    for hazard_id, user_id in did_it:
        if user_id is not None:
            barred[hazard_id].add(user_id)
    return barred


def _late_work(hazard_ids: Collection[UUID]) -> Select[UUID, UUID | None]:
    """Choose whose work arrived after others had put hazards right, which no recheck found wanting since."""
    later = aliased(HazardEvent)
    failed = exists().where(
        later.hazard_id == HazardEvent.hazard_id,
        later.step == HazardStep.RECHECK_FAIL,
        later.number > HazardEvent.number,
    )
    came = and_(HazardEvent.hazard_id.in_(hazard_ids), HazardEvent.step == HazardStep.WORK_LATE)
    return select(HazardEvent.hazard_id, HazardEvent.actor_id).distinct().where(came, ~failed)


def _of_unit(session: Session, unit_id: UUID, area_code: str) -> set[UUID]:
    """Give those of a unit who may work on what is in an area; nobody where it has ended."""
    return set(session.scalars(select(UnitMember.user_id).where(_may_start(unit_id, literal(area_code)))))


def _may_start(unit_id: Any, area_code: Any, *, near: Collection[str] | None = None) -> ColumnElement[bool]:
    """Say in SQL, of ``UnitMember``, that he is of a unit, and may work on what is in an area."""
    ended = exists().where(Unit.id == UnitMember.unit_id, Unit.ended_at.is_not(None)).correlate_except(Unit)
    return and_(UnitMember.unit_id == unit_id, ~ended, _may_have(UnitMember.user_id, area_code, near=near))


def _may_have(user_id: Any, area_code: Any, *, near: Collection[str] | None = None) -> ColumnElement[bool]:
    """Say in SQL that somebody has a field role over an area, or stands in today for one who has."""
    by_post = holding(FIELD_ROLES, user_id, area_code).correlate_except(Grant, User)
    return or_(by_post, stands_in_over(user_id, area_code, on=business_day(), near=near))
