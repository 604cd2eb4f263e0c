"""Whose rows stand in a file of the roster, and what each cell says."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, contains_eager

from app.actors import Scope
from app.models import (
    Area,
    Closing,
    ClosingState,
    Household,
    Place,
    PresenceState,
    Relation,
    Resident,
    RosterColumn,
    Sex,
    User,
)
from app.people import Numbers, is_child, is_minor, masked, masked_numbers, numbers_of
from app.sealing import Sealer, Showing

HEADINGS = {
    RosterColumn.AREA: "网格",
    RosterColumn.PLACE: "楼栋",
    RosterColumn.DOOR: "门牌",
    RosterColumn.NAME: "姓名",
    RosterColumn.RELATION: "与户主关系",
    RosterColumn.SEX: "性别",
    RosterColumn.BIRTH_DATE: "出生日期",
    RosterColumn.PRESENCE: "是否在家",
    RosterColumn.PHONE: "手机号",
    RosterColumn.ID_NUMBER: "身份证号",
}
NOT_OF_MINORS = frozenset({RosterColumn.BIRTH_DATE, RosterColumn.PHONE, RosterColumn.ID_NUMBER})
"""Left empty for whoever is under 18: one by one, such data is read with a ticket or a stated purpose."""
RELATION_WORDS = {
    Relation.HEAD: "户主",
    Relation.SPOUSE: "配偶",
    Relation.CHILD: "子女",
    Relation.PARENT: "父母",
    Relation.GRANDCHILD: "孙辈",
    Relation.GRANDPARENT: "祖辈",
    Relation.SIBLING: "兄弟姐妹",
    Relation.OTHER: "其他",
}
SEX_WORDS = {Sex.FEMALE: "女", Sex.MALE: "男"}
PRESENCE_WORDS = {PresenceState.HOME: "在家", PresenceState.AWAY: "外出", PresenceState.HOLIDAY: "回来过节"}
_AT_ONCE = 500


@dataclass(frozen=True)
class _Line:
    """A resident, and what else his cells are made of."""

    resident: Resident
    area_name: str
    numbers: Numbers


def _name(resident: Resident) -> str:
    """Give a name in full, but for children's: all data of who is under 14 is sensitive (PIPL, art. 28)."""
    return masked(resident.name) if is_child(resident) else resident.name


_CELLS: dict[RosterColumn, Callable[[_Line], str | None]] = {
    RosterColumn.AREA: lambda line: line.area_name,
    RosterColumn.PLACE: lambda line: line.resident.household.place.name,
    RosterColumn.DOOR: lambda line: line.resident.household.door,
    RosterColumn.NAME: lambda line: _name(line.resident),
    RosterColumn.RELATION: lambda line: RELATION_WORDS[line.resident.relation],
    RosterColumn.SEX: lambda line: SEX_WORDS[line.resident.sex],
    RosterColumn.BIRTH_DATE: lambda line: line.resident.birth_date.isoformat(),
    RosterColumn.PRESENCE: lambda line: PRESENCE_WORDS[line.resident.presence],
    RosterColumn.PHONE: lambda line: line.numbers.phone,
    RosterColumn.ID_NUMBER: lambda line: line.numbers.id_number,
}


def exported(*area_codes: str) -> ColumnElement[bool]:
    """Say in SQL which residents stand in files of these areas: not who closed his account and has no other.

    The community goes on looking after him by its duty, record by record; his data leaves the installation
    in bulk no more (PIPL, art. 47).
    """
    over = Closing.state.in_([ClosingState.CARRYING, ClosingState.DONE])
    closed = exists().where(Closing.bound_to == Resident.id, over)
    bound = exists().where(User.resident_id == Resident.id)
    here = (Scope(areas=area_codes).clause(Resident.area_code), Resident.left_on.is_(None))
    return and_(*here, or_(not_(closed), bound))


def rows_of(session: Session, area_code: str) -> int:
    """Give how many residents of an area stand in its file."""
    return rows_by_area(session, [area_code])[area_code]


def rows_by_area(session: Session, area_codes: Collection[str]) -> dict[str, int]:
    """Give the same of several areas by one statement, for whoever decides on files of them."""
    if not area_codes:
        return {}
    where = Resident.area_code
    query = select(where, func.count()).where(exported(*sorted(set(area_codes)))).group_by(where)
    counted = session.execute(query).all()
    return {
        area_code: sum(count for code, count in counted if code.startswith(area_code))
        for area_code in area_codes
    }


def lines(
    session: Session, sealer: Sealer, area_code: str, columns: Sequence[RosterColumn], *, clear: bool
) -> Iterator[list[str]]:
    """Give the cells of each resident, by grid and door; residents pass through memory a few at a time."""
    areas = select(Area.code, Area.name).where(Scope(areas=(area_code,)).clause(Area.code))
    names = {row.code: row.name for row in session.execute(areas)}
    query = (
        select(Resident)
        .join(Resident.household)
        .join(Household.place)
        .options(contains_eager(Resident.household).contains_eager(Household.place))
        .where(exported(area_code))
        .order_by(Resident.area_code, Place.name, Household.door, Resident.household_id, Resident.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    wants_numbers = not {RosterColumn.PHONE, RosterColumn.ID_NUMBER}.isdisjoint(columns)
    for resident in session.scalars(query):
        withheld = NOT_OF_MINORS if is_minor(resident) else frozenset[RosterColumn]()
        numbers = Numbers()
        if wants_numbers and not withheld:
            numbers = numbers_of(Showing(sealer), resident) if clear else masked_numbers(sealer, resident)
        line = _Line(resident, names.get(resident.area_code, resident.area_code), numbers)
        yield ["" if column in withheld else _CELLS[column](line) or "" for column in columns]
