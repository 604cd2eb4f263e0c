"""Reading what residents live by: of one, who is still to be asked, and homes where nobody works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased, contains_eager

from app.actors import Actor
from app.employment.months import (
    STABLE_MONTHS,
    WORKING,
    check_month,
    months_before,
    to_be_asked,
)
from app.errors import NotFoundError
from app.models import Employment, Household, Resident
from app.people import Door, by_door, ids_by_door, passed, resident_in_scope, residents_reached
from app.visits import Leave, Seen, may_read, seen


@dataclass(frozen=True)
class ShownWork:
    """What is written down of a month, with as much as its reader may see."""

    row: Employment
    whole: bool
    leave: Leave | None = None


@dataclass(frozen=True)
class DueWork:
    """A resident of whom nothing is written down in a month, and what was the month before."""

    seen: Seen
    before: Employment | None

    @property
    def key(self) -> Door:
        """Give his place in the list."""
        return Door.of(self.seen.resident.household, self.seen.resident.id)


@dataclass(frozen=True)
class WorkHome:
    """A household with somebody of working age: how many they are, how many are written down and work.

    Minors are among the latter by leave only; None where nobody is whose work the actor may see.
    """

    household: Household
    working_age: int
    written: int | None
    working: int | None
    stable: int | None
    """How many have worked for three months."""


class WorkKey(NamedTuple):
    """A month's place among a resident's; as text, it is the list's cursor."""

    month: date
    id: UUID

    @classmethod
    def of(cls, shown: ShownWork) -> "WorkKey":
        """Give the place of one."""
        return cls(shown.row.month, shown.row.id)

    @classmethod
    def parse(cls, text: str) -> "WorkKey":
        """Read it back. Raises ValueError."""
        month, entry_id = text.split(" ")
        return cls(date.fromisoformat(month), UUID(entry_id))

    def __str__(self) -> str:
        return f"{self.month} {self.id}"


def own_work(session: Session, actor: Actor, *, after: WorkKey | None, limit: int) -> list[ShownWork]:
    """List what is written down of the actor himself, the newest month first. Raises NotFoundError."""
    if actor.resident_id is None:
        raise NotFoundError
    return [ShownWork(row, whole=True) for row in _of(session, actor.resident_id, after, limit)]


def work_of(
    session: Session, actor: Actor, resident_id: UUID, *, after: WorkKey | None, limit: int
) -> list[ShownWork]:
    """List the same of a resident of the actor's areas, with what was replaced. Raises NotFoundError."""
    resident = resident_in_scope(session, actor, resident_id)
    (as_seen,) = seen(session, actor, [resident])
    rows = _of(session, resident.id, after, limit)
    return [ShownWork(row, as_seen.whole, as_seen.leave) for row in rows]


def known_work(session: Session, actor: Actor, entry_id: UUID) -> ShownWork:
    """Give one back to whoever has just written it."""
    row = session.scalars(_with_resident().where(Employment.id == entry_id)).one()
    (as_seen,) = seen(session, actor, [row.resident])
    return ShownWork(row, as_seen.whole, as_seen.leave)


def due_work(
    session: Session,
    actor: Actor,
    month: date,
    *,
    area_code: str | None,
    after: Door | None,
    limit: int,
) -> list[DueWork]:
    """List who of working age is still to be asked about a month, by area and door, with the month before.

    Raises WorkMonthError for a month that cannot be written down.
    """
    check_month(month)
    which = (
        select(Resident.id)
        .join(Resident.household)
        .where(
            actor.scope.clause(Resident.area_code),
            to_be_asked(month),
            ~exists().where(_stands(Employment, month)),
        )
    )
    ids = ids_by_door(session, actor, which, Resident.id, area_code=area_code, after=after, limit=limit)
    found = {one.id: one for one in residents_reached(session, actor, ids)}
    people = [found[one] for one in ids]
    before = months_before(month, 1)
    rows = session.scalars(
        select(Employment).where(
            Employment.resident_id.in_([one.id for one in people]),
            Employment.month == before,
            Employment.replaced_at.is_(None),
        )
    )
    by_resident = {row.resident_id: row for row in rows}
    return [DueWork(one, by_resident.get(one.resident.id)) for one in seen(session, actor, people)]


def work_homes(
    session: Session,
    actor: Actor,
    month: date,
    *,
    area_code: str | None,
    stable: bool | None,
    after: Door | None,
    limit: int,
) -> list[WorkHome]:
    """List households with somebody of working age by area and door: all, or with (without) stable work.

    Where nobody's work may be seen, none is known. Raises WorkMonthError as ``due_work`` does.
    """
    check_month(month)
    is_seen = or_(may_read(actor), Resident.household_id == actor.household_id).label("is_seen")
    here = (
        people_of(month, to_be_asked(month))
        .add_columns(is_seen)
        .where(actor.scope.clause(Resident.area_code))
    )
    people = here.subquery()

    def told(which: ColumnElement[bool]) -> Any:
        seen_of = people.c.is_seen
        return case((func.bool_or(seen_of), func.count().filter(and_(seen_of, which))))

    sums = (
        select(
            people.c.household_id,
            func.count().label("working_age"),
            told(people.c.written).label("written"),
            told(people.c.working).label("working"),
            told(people.c.stable).label("stable"),
        )
        .group_by(people.c.household_id)
        .subquery()
    )
    query = (
        select(Household, sums.c.working_age, sums.c.written, sums.c.working, sums.c.stable)
        .join(sums, sums.c.household_id == Household.id)
        .join(Household.place)
        .options(contains_eager(Household.place))
        .where(actor.scope.clause(Household.area_code))
        .order_by(*by_door())
        .limit(limit)
    )
    if area_code is not None:
        query = query.where(Household.area_code.startswith(area_code, autoescape=True))
    if stable is not None:
        query = query.where(sums.c.stable > 0 if stable else func.coalesce(sums.c.stable, 0) == 0)
    if after is not None:
        query = query.where(passed(after))
    return [WorkHome(*row) for row in session.execute(query)]


def people_of(month: date, who: ColumnElement[bool]) -> Any:
    """Select who of these is written down in a month and works, and stably."""
    spans = [aliased(Employment) for _ in range(STABLE_MONTHS)]
    last = spans[0]
    worked = [func.coalesce(one.state.in_(WORKING), False) for one in spans]
    query: Any = select(
        Resident.area_code,
        Resident.household_id,
        last.id.is_not(None).label("written"),
        worked[0].label("working"),
        last.place,
        and_(*worked).label("stable"),
    ).where(who)
    for number, one in enumerate(spans):
        query = query.outerjoin(one, _stands(one, months_before(month, number)))
    return query


def _stands(entry: type[Employment], month: date) -> ColumnElement[bool]:
    """Say in SQL, beside ``Resident``, that this is what stands of a month."""
    return and_(entry.resident_id == Resident.id, entry.month == month, entry.replaced_at.is_(None))


def _of(session: Session, resident_id: UUID, after: WorkKey | None, limit: int) -> Sequence[Employment]:
    query = _with_resident().where(Employment.resident_id == resident_id)
    if after is not None:
        query = query.where(tuple_(Employment.month, Employment.id) < tuple_(*after))
    return session.scalars(query.order_by(Employment.month.desc(), Employment.id.desc()).limit(limit)).all()


def _with_resident() -> Select[Employment]:
    query = select(Employment).join(Employment.resident)
    return query.options(contains_eager(Employment.resident)).execution_options(populate_existing=True)
