"""The monthly dispatch and the quarterly bulletin as workbooks, marked with who took them out."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import cast
from uuid import UUID

from sqlalchemy.orm import Session

from app.actors import Actor
from app.adapters import Sink
from app.clock import now
from app.exports import Mark, write_workbook
from app.models import Area
from app.reports.work_counts import AreaMonth, AreaQuarter, WorkFigures, whole_month, whole_quarter

_HEADINGS = (
    ("劳动年龄人数", "working_age"),
    ("已登记", "written"),
    ("务工和自营", "working"),
    ("本县", "in_county"),
    ("本市其他县", "in_city"),
    ("本省其他市", "in_province"),
    ("外省", "outside"),
    ("有劳动力的户", "homes"),
    ("至少一人稳定就业的户", "stable_homes"),
)
_NOTE = "不足5的不显示，能推算出它的也不显示，写成“—”。还没有统计的也写“—”。"
_KEPT_BACK = "—"


def dispatch_workbook(session: Session, actor: Actor, area_code: str, month: date, export_id: UUID) -> bytes:
    """Give the dispatch of an area and all below it; under each figure how it changed in a month.

    Raises NotFoundError outside the actor's areas, and for a grid.
    """
    found = whole_month(session, actor, area_code, month)
    headings = [*_of_area(), *(part for name, _ in _HEADINGS for part in (name, f"{name}比上月"))]
    lines = [[*_named(one.area), *_dispatched(one)] for one in found]
    return _book(actor, f"就业月调度 {month:%Y年%m月}", "月调度", headings, lines, export_id)


def bulletin_workbook(session: Session, actor: Actor, area_code: str, first: date, export_id: UUID) -> bytes:
    """Give the bulletin of an area and all below it. Raises NotFoundError."""
    found = whole_quarter(session, actor, area_code, first)
    quarter = f"{first:%Y}年第{(first.month + 2) // 3}季度"
    worked = [f"{first.month + number}月务工和自营" for number in range(3)]
    headings = [*_of_area(), *worked, "务工比例", "比例比上季", *(f"{name}比上季" for name, _ in _HEADINGS)]
    lines = [[*_named(one.area), *_told_of_quarter(one)] for one in found]
    return _book(actor, f"就业季通报 {quarter}", "季通报", headings, lines, export_id)


def _of_area() -> Sequence[str]:
    return ("地区代码", "地区")


def _named(area: Area) -> Sequence[str]:
    return (area.code, area.name)


def _dispatched(one: AreaMonth) -> list[str | int]:
    return [
        shown
        for _, name in _HEADINGS
        for shown in (_shown(getattr(one.figures, name)), _changed(getattr(one.change, name)))
    ]


def _told_of_quarter(one: AreaQuarter) -> list[str | int]:
    worked = [_shown(figures.working) for _, figures in one.months]
    share = _KEPT_BACK if one.share is None else f"{one.share}%"
    change: WorkFigures = one.change
    return [
        *worked,
        share,
        _changed(one.share_change),
        *(_changed(getattr(change, name)) for _, name in _HEADINGS),
    ]


def _shown(number: int | None) -> str | int:
    return _KEPT_BACK if number is None else number


def _changed(number: float | None) -> str:
    return _KEPT_BACK if number is None else f"{number:+}"


def _book(
    actor: Actor,
    purpose: str,
    sheet: str,
    headings: Sequence[str],
    lines: Sequence[Sequence[str | int]],
    export_id: UUID,
) -> bytes:
    made = BytesIO()
    mark = Mark(actor.name, now(), purpose, export_id)
    write_workbook(cast("Sink", made), mark, headings, lines, sheet=sheet, note=lambda: _NOTE)
    return made.getvalue()
