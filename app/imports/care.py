"""The sheet of people who are looked after: in which category, at which level, by whom."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import select

from app.actors import Scope
from app.clock import business_day
from app.identity import Permission, accounts_by_phone, holders
from app.imports import cells
from app.imports.entering import one_by_one
from app.imports.findings import Found
from app.imports.reading import Row
from app.imports.resident_columns import DOOR, ID, NAME, PLACE
from app.imports.scene import Judged, Scene, folded
from app.imports.sheets import Column, SheetKind
from app.imports.telling import Became
from app.imports.who import Fields, Somebody, somebody
from app.models import CareCategory, CareLevel, CareRecord, ImportSheet, Resident
from app.own_data import word_for
from app.people import (
    CHILD_YEARS,
    Category,
    ConsentChangedError,
    NoBasisError,
    age_on,
    check_about,
)
from app.visits import CARERS, NewCare, categories, most_days, open_care

_CATEGORIES = {word_for(one): one.value for one in CareCategory}
_ALSO = {
    "老人": "elderly",
    "特殊困难老年人": "elderly",
    "残疾": "disabled",
    "特困": "destitute",
    "监测户": "monitored",
    "防返贫监测户": "monitored",
}
_LEVELS = {word_for(one): one.value for one in CareLevel}
CATEGORY, LEVEL, WORKER, EVERY, REASON = "category", "level", "worker", "every_days", "reason"
_MOST_DAYS = 92
_CARED = Fields(NAME, PLACE, DOOR, ID)
_UNFIT = {
    categories.NotElderlyError: Found.CARE_NOT_ELDERLY,
    categories.NotLeftBehindChildError: Found.CARE_NOT_CHILD,
    categories.NotLeftBehindWomanError: Found.CARE_NOT_WOMAN,
}
CARE = SheetKind(
    ImportSheet.CARE,
    "关爱对象",
    (Permission.CARE_WRITE,),
    "社区管理员",
    (
        Column(NAME, "姓名", cells.name(40), required=True, examples=("张三", "李四")),
        Column(PLACE, "楼栋", cells.text(60), also=("楼栋名称", "楼号"), examples=("1号楼", "1号楼")),
        Column(DOOR, "门牌", cells.text(40), also=("门牌号", "房号"), examples=("1单元101", "1单元101")),
        Column(
            ID,
            "身份证号",
            cells.id_number,
            also=("身份证号码", "公民身份号码", "身份证"),
            help="填了可以不填楼栋和门牌",
            width=22,
        ),
        Column(
            CATEGORY,
            "类别",
            cells.choice(_CATEGORIES, _ALSO),
            required=True,
            also=("对象类别", "关爱类别"),
            choices=tuple(_CATEGORIES),
            examples=("老年人", "残疾人"),
        ),
        Column(
            LEVEL,
            "级别",
            cells.choice(_LEVELS),
            required=True,
            also=("关爱级别", "风险级别"),
            choices=tuple(_LEVELS),
            examples=("高", "中"),
        ),
        Column(
            WORKER,
            "责任人手机号",
            cells.phone,
            required=True,
            also=("责任人电话", "责任人手机", "责任人"),
            help="网格员或社区管理员登录用的手机号",
            width=16,
        ),
        Column(EVERY, "间隔天数", cells.whole(1, _MOST_DAYS), help="几天看一次，空着就按级别"),
        Column(
            REASON,
            "原因",
            cells.text(200),
            required=True,
            help="为什么定这个级别",
            examples=("一个人住，行动不便", "刚做完手术"),
            width=30,
        ),
    ),
)


def judge(scene: Scene, rows: Sequence[Row]) -> Iterator[Judged]:
    """Say of each row whether care would begin; what is there is changed elsewhere."""
    phones = {row.values[WORKER] for row in rows if WORKER in row.values}
    users = accounts_by_phone(scene.session, scene.sealer, phones)
    accounts = {phone: user.id for phone, user in users.items()}
    carers: dict[str, set[UUID]] = {}
    open_ones = _open(scene)
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        values = row.values
        who = somebody(scene, row, _CARED)
        if who is None or row.is_faulty:
            yield Judged.of(row)
            continue
        who_else = (folded(values[NAME]), values.get(PLACE), values.get(DOOR), who.birth_date)
        key = (who.id or who_else, values[CATEGORY])
        if seen.setdefault(key, row.number) != row.number:
            row.find(Found.ROW_TWICE, NAME, str(seen[key]))
        if who.area_code not in carers:
            among = set(accounts.values())
            carers[who.area_code] = holders(scene.session, who.area_code, CARERS, among=among)
        worker_id = accounts.get(values[WORKER])
        if worker_id not in carers[who.area_code]:
            row.find(Found.WORKER_UNKNOWN, WORKER)
        _check_days(row, who)
        there = open_ones.get((who.id, values[CATEGORY])) if who.id else None
        if there is None:
            _check_fit(row, who)
            if not _may_begin(scene, who):
                row.find(Found.CARE_CONSENT, NAME)
            yield Judged.of(row)
            continue
        if (there.level.value, there.worker_id, values.get(EVERY, there.every_days)) != (
            values[LEVEL],
            worker_id,
            there.every_days,
        ):
            row.find(Found.CARE_THERE, CATEGORY)
        yield Judged.of(row, target=there.id)


def enter(scene: Scene, rows: Sequence[tuple[UUID, Judged]]) -> dict[UUID, Became]:
    """Begin to look after people."""
    phones = {one.row.values[WORKER] for _, one in rows}
    accounts = accounts_by_phone(scene.session, scene.sealer, phones)

    def make(row_id: UUID, one: Judged) -> None:
        values, who = one.row.values, somebody(scene, one.row, _CARED)
        assert who is not None, "he was found a moment ago"
        assert who.id is not None, "people are entered before care"
        new = NewCare(
            who.id,
            CareCategory(values[CATEGORY]),
            CareLevel(values[LEVEL]),
            accounts[values[WORKER]].id,
            values.get(EVERY),
            values[REASON],
        )
        open_care(scene.session, scene.actor, scene.sealer, row_id, new)

    return one_by_one(scene, rows, make)


def _check_fit(row: Row, who: Somebody) -> None:
    """Look whether somebody may be of the category, and whether words say why he is at the level."""
    unfit = categories.misfit(CareCategory(row.values[CATEGORY]), who.sex, who.birth_date, business_day())
    if unfit is not None:
        row.find(_UNFIT[unfit], CATEGORY)
    if not categories.gives_reason(row.values[REASON]):
        row.find(Found.CARE_REASON, REASON)


def _check_days(row: Row, who: Somebody) -> None:
    values = row.values
    age = age_on(who.birth_date, business_day())
    most = most_days(CareCategory(values[CATEGORY]), CareLevel(values[LEVEL]), age=age)
    if values.get(EVERY, 1) > most:
        row.find(Found.CARE_SELDOM, EVERY, str(most))


def _may_begin(scene: Scene, who: Somebody) -> bool:
    if age_on(who.birth_date, business_day()) >= CHILD_YEARS:
        return True
    if who.id is None:
        return False
    try:
        check_about(scene.session, scene.session.get_one(Resident, who.id), Category.CARE)
    except (NoBasisError, ConsentChangedError):
        return False
    return True


def _open(scene: Scene) -> dict[tuple[UUID | None, str], CareRecord]:
    query = select(CareRecord).where(
        Scope(areas=(scene.area_code,)).clause(CareRecord.area_code), CareRecord.ended_on.is_(None)
    )
    return {(one.resident_id, one.category.value): one for one in scene.session.scalars(query)}
