"""The sheet of plans: which checklist is filled where, how often, and when."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, time
from uuid import UUID

from sqlalchemy import or_, select

from app import checklists
from app.actors import Scope
from app.clock import business_day
from app.identity import Permission, scope_of
from app.imports import cells
from app.imports.cells import Seen, nearest
from app.imports.entering import one_by_one
from app.imports.findings import CellFault, Found
from app.imports.naming import area_of, grid_column
from app.imports.reading import Row
from app.imports.scene import Judged, Scene, folded
from app.imports.sheets import Column, SheetKind
from app.imports.telling import Became
from app.models import Checklist, ImportSheet, OnDayOff, Plan, PlanFrequency
from app.plans import NewPlan, Terms, make_plan

TITLE, LIST, FREQUENCY, EVERY, DAYS = "title", "checklist", "frequency", "every_days", "days"
OPENS, DUE, MISSED, DAY_OFF, STARTS, ENDS = "opens", "due", "missed", "on_day_off", "starts_on", "ends_on"
_FREQUENCIES = {
    "每天": PlanFrequency.DAILY.value,
    "隔几天一次": PlanFrequency.EVERY_N_DAYS.value,
    "每周": PlanFrequency.WEEKLY.value,
    "每月": PlanFrequency.MONTHLY.value,
}
_ALSO = {"每日": "daily", "天天": "daily", "按周": "weekly", "按月": "monthly", "每几天": "every_n_days"}
_DAYS_OFF = {"照常": OnDayOff.KEEP.value, "跳过": OnDayOff.SKIP.value, "顺延": OnDayOff.MOVE.value}
_WEEK = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
_DAY = re.compile(r"(?:周|星期|礼拜)?([一二三四五六日天])|(\d{1,2})[日号]?")
_WEEKDAYS, _MONTHDAYS = 7, 31
_OPENS, _DUE_HOURS, _MISSED_HOURS = "08:00", 10, 6
_LISTS = 500
"""Checklists in force for one community, more than there ever are."""


def _days(seen: Seen) -> list[int]:
    """Read days of the week or of the month."""
    found = set()
    for word in re.split(r"[、,，;；/\s]+", seen.words):
        shape = _DAY.fullmatch(word)
        if shape is None:
            raise CellFault(Found.PLAN_DAYS)
        found.add(_WEEK[shape[1]] if shape[1] else int(shape[2]))
    if not found <= set(range(1, _MONTHDAYS + 1)):
        raise CellFault(Found.PLAN_DAYS)
    return sorted(found)


PLANS = SheetKind(
    ImportSheet.PLANS,
    "巡查计划",
    (Permission.PLAN_WRITE,),
    "社区管理员",
    (
        Column(
            TITLE,
            "计划名称",
            cells.text(60),
            required=True,
            also=("名称",),
            examples=("楼栋每天巡查", "食堂每周巡查"),
        ),
        Column(
            LIST,
            "检查表",
            cells.text(60),
            required=True,
            also=("检查表名称",),
            help="系统里在用的检查表的名字",
            width=24,
        ),
        grid_column(),
        Column(
            FREQUENCY,
            "频率",
            cells.choice(_FREQUENCIES, _ALSO),
            required=True,
            also=("巡查频率",),
            choices=tuple(_FREQUENCIES),
            examples=("每天", "每周"),
        ),
        Column(EVERY, "隔几天", cells.whole(2, 366), help="频率是“隔几天一次”的才填"),
        Column(DAYS, "哪几天", _days, help="每周填周一、周三；每月填1、15", examples=("", "周一、周四")),
        Column(OPENS, "几点开始", cells.clock, help=f"空着就是{_OPENS}", examples=("08:00", "08:00")),
        Column(DUE, "几小时内做完", cells.whole(1, 2208), help=f"空着就是{_DUE_HOURS}小时"),
        Column(MISSED, "再过几小时算漏查", cells.whole(0, 2208), help=f"空着就是{_MISSED_HOURS}小时"),
        Column(
            DAY_OFF,
            "遇到节假日",
            cells.choice(_DAYS_OFF),
            help="空着就是照常",
            choices=tuple(_DAYS_OFF),
            examples=("照常", "顺延"),
        ),
        Column(STARTS, "开始日期", cells.day, help="空着就从今天起"),
        Column(ENDS, "结束日期", cells.day, help="可以空着"),
    ),
)


def judge(scene: Scene, rows: Sequence[Row]) -> Iterator[Judged]:
    """Say of each plan whether it is new; what is there is changed elsewhere."""
    lists, there = _lists(scene), _there(scene)
    titles: dict[str, int] = {}
    for row in rows:
        values = row.values
        if TITLE in values and titles.setdefault(folded(values[TITLE]), row.number) != row.number:
            row.find(Found.ROW_TWICE, TITLE, str(titles[folded(values[TITLE])]))
        found = lists.get(folded(values.get(LIST, "")))
        if LIST in values and found is None:
            names = [one.title for one in lists.values()]
            row.find(Found.CHECKLIST_UNKNOWN, LIST, nearest(values[LIST], names))
        _check_days(row)
        area_code = area_of(scene, row)
        if row.is_faulty or found is None or area_code is None:
            yield Judged.of(row)
            continue
        terms = _terms(row)
        if not terms.window.fits(terms.rhythm):
            row.find(Found.PLAN_WINDOW, MISSED, str(terms.rhythm.least_gap_days() * 24))
        before = there.get(folded(values[TITLE]))
        if before is not None and not _is_same(before, found, area_code, terms):
            row.find(Found.PLAN_THERE, TITLE)
        yield Judged.of(row, target=before.id if before else None)


def enter(scene: Scene, rows: Sequence[tuple[UUID, Judged]]) -> dict[UUID, Became]:
    """Make plans; a job makes their occurrences."""
    lists = _lists(scene)

    def make(row_id: UUID, one: Judged) -> None:
        area_code = area_of(scene, one.row)
        assert area_code is not None, "it was found a moment ago"
        found = lists[folded(one.row.values[LIST])]
        make_plan(scene.session, scene.actor, row_id, NewPlan(area_code, found.id, _terms(one.row)))

    return one_by_one(scene, rows, make)


def _check_days(row: Row) -> None:
    """Take the days that the frequency needs, and no others."""
    values, frequency = row.values, row.values.get(FREQUENCY)
    if frequency is None:
        return
    if (EVERY in values) != (frequency == PlanFrequency.EVERY_N_DAYS) and not row.found(EVERY):
        row.find(Found.PLAN_EVERY, EVERY)
    named, days = frequency in {PlanFrequency.WEEKLY, PlanFrequency.MONTHLY}, values.get(DAYS, [])
    is_week = frequency == PlanFrequency.WEEKLY
    wrong = named != bool(days) or (is_week and max(days, default=1) > _WEEKDAYS)
    if wrong and not row.found(DAYS):
        row.find(Found.PLAN_DAYS, DAYS)
    starts = date.fromisoformat(values.get(STARTS, business_day().isoformat()))
    if ENDS in values and date.fromisoformat(values[ENDS]) < starts:
        row.find(Found.PLAN_ENDS, ENDS)


def _terms(row: Row) -> Terms:
    values = row.values
    return Terms(
        title=values[TITLE],
        frequency=PlanFrequency(values[FREQUENCY]),
        opens=time.fromisoformat(values.get(OPENS, _OPENS)),
        due_after_min=60 * values.get(DUE, _DUE_HOURS),
        missed_after_min=60 * values.get(MISSED, _MISSED_HOURS),
        on_day_off=OnDayOff(values.get(DAY_OFF, OnDayOff.KEEP)),
        starts_on=date.fromisoformat(values.get(STARTS, business_day().isoformat())),
        ends_on=date.fromisoformat(values[ENDS]) if ENDS in values else None,
        every_days=values.get(EVERY),
        days=tuple(values.get(DAYS, ())),
    )


def _is_same(plan: Plan, found: Checklist, area_code: str, terms: Terms) -> bool:
    """Say whether a plan asks for the same; the day on which it began is past."""
    names = ("frequency", "opens", "due_after_min", "missed_after_min", "on_day_off", "every_days", "ends_on")
    wanted = asdict(terms)
    same = all(getattr(plan, name) == wanted[name] for name in names)
    where = (plan.area_code, plan.checklist_code) == (area_code, found.code)
    return same and where and list(plan.days) == list(terms.days)


def _lists(scene: Scene) -> Mapping[str, Checklist]:
    """Give the checklists in force for the community by their folded titles."""
    scope = scope_of(scene.actor, Permission.CHECKLIST_READ)
    if scope is None:
        return {}
    actor = scene.actor.within(Scope(areas=(scene.area_code,)))
    found = checklists.checklists(scene.session, actor, serving=True, after=None, limit=_LISTS)
    return {folded(one.title): one for one in reversed(found)}


def _there(scene: Scene) -> dict[str, Plan]:
    query = select(Plan).where(
        Scope(areas=(scene.area_code,)).clause(Plan.area_code),
        or_(Plan.ends_on.is_(None), Plan.ends_on >= business_day()),
    )
    return {folded(one.title): one for one in scene.session.scalars(query)}
