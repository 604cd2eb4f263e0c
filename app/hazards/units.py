"""Units: teams and companies of the field staff that hazards are given to."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actors import Actor
from app.clock import now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.hazards.assignees import FIELD_ROLES
from app.identity import holders
from app.ids import new_id
from app.models import Unit, UnitEvent, UnitKind, UnitMember, User
from app.once import append_event, content_hash, insert_once, made_before
from app.people import numbers_in_texts

MEMBERS_MOST = 50


class UnitMemberUnfitError(DomainError):
    """Somebody has no field role in the unit's community (data: ``count``)."""

    code = "unit_member_unfit"
    kind = Kind.INVALID


class NumberInNameError(DomainError):
    """The name of a unit holds somebody's phone or ID number."""

    code = "number_in_name"
    kind = Kind.INVALID


@dataclass(frozen=True)
class NewUnit:
    """A unit of a community, and who is of it."""

    area_code: str
    name: str
    kind: UnitKind
    member_ids: Sequence[UUID]


@dataclass(frozen=True)
class UnitChange:
    """What a unit is from now on; one that ended takes no work, and what nobody started is given out anew."""

    name: str
    member_ids: Sequence[UUID]
    ended: bool


@dataclass(frozen=True)
class ShownUnit:
    """A unit and its members by name."""

    unit: Unit
    members: list[tuple[UUID, str]]


def make_unit(session: Session, actor: Actor, unit_id: UUID, new: NewUnit) -> tuple[ShownUnit, bool]:
    """Make a unit.

    Raises NotFoundError outside the actor's areas, UnitMemberUnfitError, NumberInNameError,
    OtherContentError.
    """
    sent = content_hash(actor.user_id, new)
    first = made_before(session, Unit, unit_id, sent, author=Unit.made_by, by=actor.user_id)
    if first is not None:
        return _shown(session, [first])[0], False
    if not actor.scope.covers(new.area_code):
        raise NotFoundError(field="area_code")
    _check_members(session, new.area_code, new.member_ids)
    _check_name(new.name)
    unit, made = insert_once(
        session,
        Unit,
        unit_id,
        sent,
        area_code=new.area_code,
        name=new.name,
        kind=new.kind,
        made_by=actor.user_id,
        created_at=now(),
    )
    if made:
        _add(session, unit, new.member_ids)
    return _shown(session, [unit])[0], made


def change_unit(
    session: Session, actor: Actor, unit_id: UUID, step_id: UUID, change: UnitChange
) -> ShownUnit:
    """Let a unit have another name or other members, or end it; who started something keeps it.

    Raises NotFoundError, OtherContentError, IllegalStepError for one that ended, UnitMemberUnfitError for
    who comes in, NumberInNameError for a name that it has not yet.
    """
    sent = content_hash(actor.user_id, unit_id, change)
    query = select(Unit).where(Unit.id == unit_id).with_for_update(key_share=True)
    unit = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    by = {"author": UnitEvent.actor_id, "by": actor.user_id}
    first = made_before(session, UnitEvent, step_id, sent, **by)  # type: ignore[arg-type]
    if unit is None or (first is None and not actor.scope.covers(unit.area_code)):
        raise NotFoundError
    if first is not None:
        return _shown(session, [unit])[0]
    if unit.ended_at is not None:
        raise IllegalStepError(id=unit_id, now="ended", asked="change")
    present = [user_id for user_id, _ in _shown(session, [unit])[0].members]
    _check_members(session, unit.area_code, set(change.member_ids) - set(present))
    if change.name != unit.name:
        _check_name(change.name)
    before = {"name": unit.name, "member_ids": [str(user_id) for user_id in present]}
    append_event(
        session,
        UnitEvent,
        step_id,
        sent,
        area_code=unit.area_code,
        unit_id=unit_id,
        actor_id=actor.user_id,
        at=now(),
        data=before,
    )
    unit.name, unit.ended_at = change.name, now() if change.ended else None
    gone = UnitMember.user_id.not_in(change.member_ids)
    session.execute(delete(UnitMember).where(UnitMember.unit_id == unit_id, gone))
    _add(session, unit, change.member_ids)
    return _shown(session, [unit])[0]


def units(session: Session, actor: Actor, *, limit: int, after: UUID | None = None) -> list[ShownUnit]:
    """List the units of the actor's areas, the newest first, also those that ended."""
    query = select(Unit).where(actor.scope.clause(Unit.area_code)).order_by(Unit.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Unit.id < after)
    return _shown(session, session.scalars(query).all())


def _check_name(name: str) -> None:
    """Keep numbers of people out of what stands on notices that leave the house. Raises NumberInNameError."""
    if numbers_in_texts.holds_a_number(name):
        raise NumberInNameError(field="name")


def _check_members(session: Session, area_code: str, member_ids: Collection[UUID]) -> None:
    """Refuse who has no field role in or over the area. Raises UnitMemberUnfitError."""
    wanted = set(member_ids)
    unfit = wanted - holders(session, area_code, FIELD_ROLES, among=wanted, within=True) if wanted else set()
    if unfit:
        raise UnitMemberUnfitError(field="member_ids", count=len(unfit))


def _add(session: Session, unit: Unit, member_ids: Collection[UUID]) -> None:
    values = {"unit_id": unit.id, "since": now()}
    rows = [{"id": new_id(), "user_id": user_id, **values} for user_id in sorted(set(member_ids))]
    session.execute(insert(UnitMember).on_conflict_do_nothing(), rows)


def _shown(session: Session, rows: Sequence[Unit]) -> list[ShownUnit]:
    query = (
        select(UnitMember.unit_id, User.id, User.name)
        .join(User, User.id == UnitMember.user_id)
        .where(UnitMember.unit_id.in_([row.id for row in rows]))
        .order_by(User.id)
    )
    members = defaultdict[UUID, list[tuple[UUID, str]]](list)
    for unit_id, user_id, name in session.execute(query):
        members[unit_id].append((user_id, name))
    return [ShownUnit(row, members[row.id]) for row in rows]
