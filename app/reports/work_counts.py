"""How many work, as offices read it: the monthly dispatch (月调度) and the quarterly bulletin (季通报).

Figures of a month are worked out once for everybody, so that two answers never differ by a filter or by a
day; a quarter's are those of its months (ADR 0026).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, cast, distinct, func, insert, literal, select
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor
from app.clock import business_day
from app.employment import LATE_MONTHS, months_before, of_working_age, people_of, this_month
from app.errors import NotFoundError
from app.models import DIGITS, Area, AreaLevel, WorkCount, WorkMeasure, WorkPlace
from app.reports.least_loss import LEVELS
from app.reports.stable_homes import cities_on_record
from app.reports.suppression import counts_of_tree, kept_back, kept_back_of_part

COUNTED_ON = 6
"""The day of the month from which on the month before is counted: five days are there to write it down."""
QUARTER_MONTHS = 3
MOST_FALLS = 20
_M = WorkMeasure
_PARTS = (
    (_M.WORKING, _M.WORKING_AGE),
    (_M.IN_PROVINCE, _M.WORKING),
    (_M.IN_CITY, _M.IN_PROVINCE),
    (_M.IN_COUNTY, _M.IN_CITY),
    (_M.STABLE_HOMES, _M.HOMES),
)
"""Of which measure each is a part, the whole before the part; ``MISSING`` is one of who does not work."""


@dataclass(frozen=True)
class WorkFigures:
    """The figures of an area in a month: None where one is not told, or was not counted.

    Homes with stable work are counted once three months are on record.
    """

    working_age: int | None = None
    written: int | None = None
    working: int | None = None
    in_county: int | None = None
    in_city: int | None = None
    in_province: int | None = None
    outside: int | None = None
    homes: int | None = None
    stable_homes: int | None = None

    def less(self, before: "WorkFigures") -> "WorkFigures":
        """Give the change since another month."""
        names = [one.name for one in fields(self)]
        return WorkFigures(**{one: _less(getattr(self, one), getattr(before, one)) for one in names})

    @property
    def share(self) -> float | None:
        """Give how many of a hundred of working age work."""
        if not self.working_age or self.working is None:
            return None
        return round(100 * self.working / self.working_age, 1)


@dataclass(frozen=True)
class AreaMonth:
    """An area's figures of a month, and how they changed since the month before."""

    area: Area
    figures: WorkFigures
    change: WorkFigures


@dataclass(frozen=True)
class AreaQuarter:
    """An area's figures of the months of a quarter; its own are those of the last one."""

    area: Area
    months: Sequence[tuple[date, WorkFigures]]
    before: WorkFigures
    """Of the last month of the quarter before."""

    @property
    def change(self) -> WorkFigures:
        """Give the change since the quarter before."""
        return self.months[-1][1].less(self.before)

    @property
    def share(self) -> float | None:
        """Give how many of a hundred of working age work."""
        return self.months[-1][1].share

    @property
    def share_change(self) -> float | None:
        """Give by how many of a hundred that changed since the quarter before."""
        change: float | None = _less(self.share, self.before.share)
        return change


def count_work(session: Session) -> int:
    """Write the figures of the months that can be counted and were not yet; give how many figures there are.

    Those are the last one, and what was missed since the first one of a year. The caller lets one at a time
    do it.
    """
    last = months_before(this_month(), 1 if business_day().day >= COUNTED_ON else 2)
    year = [months_before(last, number) for number in reversed(range(LATE_MONTHS))]
    counted = set(session.scalars(select(WorkCount.month).where(WorkCount.month.in_(year)).distinct()))
    wanted = [month for month in year if month >= min(counted, default=last) and month not in counted]
    return sum(_count(session, month) for month in wanted)


def _count(session: Session, month: date) -> int:
    areas = session.scalars(select(Area.code).where(Area.level.in_(LEVELS))).all()
    counts = {measure: counts_of_tree(found, areas) for measure, found in _found(session, month).items()}
    hidden = told_apart(counts)
    known = cities_on_record(session, month)
    figures = [
        (code, measure, number, code not in hidden[measure])
        for measure, by_area in counts.items()
        for code, number in by_area.items()
        if measure is not _M.STABLE_HOMES or code[: DIGITS[AreaLevel.CITY]] in known
    ]
    if figures:
        _write(session, month, figures)
    return len(figures)


def _write(session: Session, month: date, figures: Sequence[tuple[str, WorkMeasure, int, bool]]) -> None:
    """Write the figures of a month by one statement: the area, what was counted, how many, whether shown."""
    columns = [WorkCount.area_code, WorkCount.measure, WorkCount.number, WorkCount.is_shown]
    arrays = [
        cast(list(values), ARRAY(column.type))
        for column, values in zip(columns, zip(*figures, strict=True), strict=True)
    ]
    names = [one.name for one in columns]
    rows = func.unnest(*arrays).table_valued(*names).render_derived()
    session.execute(
        insert(WorkCount).from_select(
            ["month", *names], select(literal(month), *(rows.c[name] for name in names))
        )
    )


def told_apart(counts: Mapping[WorkMeasure, Mapping[str, int]]) -> dict[WorkMeasure, set[str]]:
    """Give of each measure the areas whose figures are not told."""
    hidden = {one: kept_back(counts[one]) for one in (_M.WORKING_AGE, _M.HOMES)}
    for part, whole in _PARTS:
        hidden[part] = kept_back_of_part(counts[whole], counts[part], hidden[whole])
    idle = {area: all_of - counts[_M.WORKING][area] for area, all_of in counts[_M.WORKING_AGE].items()}
    hidden[_M.MISSING] = kept_back_of_part(idle, counts[_M.MISSING], hidden[_M.WORKING])
    return hidden


def month_figures(
    session: Session, actor: Actor, area_code: str, month: date, *, after: str | None, limit: int
) -> list[AreaMonth]:
    """Give the figures of an area, and of those right below it down to communities, by code.

    Raises NotFoundError outside the actor's areas, and for a grid.
    """
    areas = _areas(session, actor, area_code, after=after, limit=limit)
    return _of_month(session, areas, month)


def quarter_figures(
    session: Session, actor: Actor, area_code: str, first: date, *, after: str | None, limit: int
) -> list[AreaQuarter]:
    """Give the same of the quarter that begins with a month. Raises NotFoundError."""
    areas = _areas(session, actor, area_code, after=after, limit=limit)
    return _of_quarter(session, areas, first)


def falls(session: Session, actor: Actor, area_code: str, first: date) -> list[AreaQuarter]:
    """Give the communities of an area where the share of who works fell most in a quarter, the worst first.

    Those whose figures are kept back are not among them. Raises NotFoundError.
    """
    _top(session, actor, area_code)
    before, last = months_before(first, 1), months_before(first, 1 - QUARTER_MONTHS)
    query = select(WorkCount.area_code, WorkCount.month, WorkCount.measure, WorkCount.number).where(
        WorkCount.area_code.startswith(area_code, autoescape=True),
        func.length(WorkCount.area_code) == COMMUNITY_DIGITS,
        WorkCount.month.in_([before, last]),
        WorkCount.measure.in_([_M.WORKING_AGE, _M.WORKING]),
        WorkCount.is_shown,
    )
    shown: dict[str, dict[date, dict[WorkMeasure, int]]] = {}
    for code, month, measure, number in session.execute(query):
        shown.setdefault(code, {before: {}, last: {}})[month][measure] = number
    changes = {
        code: _less(figures_of(told[last]).share, figures_of(told[before]).share)
        for code, told in shown.items()
    }
    fallen = [(change, code) for code, change in changes.items() if change is not None and change < 0]
    worst = [code for _, code in sorted(fallen)[:MOST_FALLS]]
    areas = {one.code: one for one in session.scalars(select(Area).where(Area.code.in_(worst)))}
    return _of_quarter(session, [areas[code] for code in worst], first)


def whole_month(session: Session, actor: Actor, area_code: str, month: date) -> list[AreaMonth]:
    """Give the figures of an area and of all below it down to communities, by code. Raises NotFoundError."""
    _top(session, actor, area_code)
    return _of_month(session, session.scalars(_below(area_code)).all(), month)


def whole_quarter(session: Session, actor: Actor, area_code: str, first: date) -> list[AreaQuarter]:
    """Give the same of the quarter that begins with a month. Raises NotFoundError."""
    _top(session, actor, area_code)
    return _of_quarter(session, session.scalars(_below(area_code)).all(), first)


def _found(session: Session, month: date) -> dict[WorkMeasure, dict[str, int]]:
    """Count by community."""
    people = people_of(month, of_working_age(month)).subquery()
    community = func.left(people.c.area_code, COMMUNITY_DIGITS)
    near = [WorkPlace.COUNTY, WorkPlace.CITY, WorkPlace.PROVINCE]
    homes = func.count(distinct(people.c.household_id))
    measures = {
        _M.WORKING_AGE: func.count(),
        _M.WORKING: func.count().filter(people.c.working),
        _M.MISSING: func.count().filter(~people.c.written),
        _M.IN_PROVINCE: func.count().filter(people.c.place.in_(near)),
        _M.IN_CITY: func.count().filter(people.c.place.in_(near[:2])),
        _M.IN_COUNTY: func.count().filter(people.c.place.in_(near[:1])),
        _M.HOMES: homes,
        _M.STABLE_HOMES: homes.filter(people.c.stable),
    }
    found: dict[WorkMeasure, dict[str, int]] = {measure: {} for measure in measures}
    for code, *numbers in session.execute(select(community, *measures.values()).group_by(community)):
        for measure, number in zip(measures, numbers, strict=True):
            found[measure][code] = number
    return found


def _top(session: Session, actor: Actor, area_code: str) -> None:
    top = session.get(Area, area_code)
    if top is None or top.level not in LEVELS or not actor.scope.covers(area_code):
        raise NotFoundError(field="area_code")


def _areas(
    session: Session, actor: Actor, area_code: str, *, after: str | None, limit: int
) -> Sequence[Area]:
    _top(session, actor, area_code)
    which = (Area.code == area_code) | (Area.parent_code == area_code)
    query = _below(area_code).where(which).limit(limit)
    return session.scalars(query if after is None else query.where(Area.code > after)).all()


def _below(area_code: str) -> Any:
    """Select an area and all below it down to communities, by code."""
    within = Area.code.startswith(area_code, autoescape=True)
    return select(Area).where(within, Area.level.in_(LEVELS)).order_by(Area.code)


def _of_month(session: Session, areas: Sequence[Area], month: date) -> list[AreaMonth]:
    before = months_before(month, 1)
    told = _told(session, [one.code for one in areas], [before, month])
    return [
        AreaMonth(one, told[one.code, month], told[one.code, month].less(told[one.code, before]))
        for one in areas
    ]


def _of_quarter(session: Session, areas: Sequence[Area], first: date) -> list[AreaQuarter]:
    before, *months = (months_before(first, 1 - number) for number in range(QUARTER_MONTHS + 1))
    told = _told(session, [one.code for one in areas], [before, *months])
    return [
        AreaQuarter(one, [(month, told[one.code, month]) for month in months], told[one.code, before])
        for one in areas
    ]


def _told(
    session: Session, codes: Collection[str], months: Sequence[date]
) -> dict[tuple[str, date], WorkFigures]:
    shown: dict[tuple[str, date], dict[WorkMeasure, int]] = {
        (code, month): {} for code in codes for month in months
    }
    query = select(WorkCount).where(
        WorkCount.month.in_(months), WorkCount.area_code.in_(codes), WorkCount.is_shown
    )
    for row in session.scalars(query):
        shown[row.area_code, row.month][row.measure] = row.number
    return {key: figures_of(found) for key, found in shown.items()}


def figures_of(shown: Mapping[WorkMeasure, int]) -> WorkFigures:
    """Tell what follows from the figures that are shown, and no more."""
    told = shown.get
    return WorkFigures(
        working_age=told(_M.WORKING_AGE),
        written=_less(told(_M.WORKING_AGE), told(_M.MISSING)),
        working=told(_M.WORKING),
        in_county=told(_M.IN_COUNTY),
        in_city=_less(told(_M.IN_CITY), told(_M.IN_COUNTY)),
        in_province=_less(told(_M.IN_PROVINCE), told(_M.IN_CITY)),
        outside=_less(told(_M.WORKING), told(_M.IN_PROVINCE)),
        homes=told(_M.HOMES),
        stable_homes=told(_M.STABLE_HOMES),
    )


def _less(one: Any, other: Any) -> Any:
    return None if one is None or other is None else round(one - other, 1)
