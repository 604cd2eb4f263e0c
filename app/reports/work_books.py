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
from app.employment import months_before
from app.exports import Mark, write_workbook
from app.models import Area
from app.reports.stable_homes import stable_homes_from
from app.reports.work_counts import (
    QUARTER_MONTHS,
    AreaMonth,
    AreaQuarter,
    WorkFigures,
    whole_month,
    whole_quarter,
)

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
_NOT_KNOWN = "尚不清楚"
"""Of homes with stable work, before three months are on record."""


def dispatch_workbook(session: Session, actor: Actor, area_code: str, month: date, export_id: UUID) -> bytes:
    """Give the dispatch of an area and all below it; under each figure how it changed in a month.

    Raises NotFoundError outside the actor's areas, and for a grid.
    """
    found = whole_month(session, actor, area_code, month)
    known = stable_homes_from(session, area_code)
    headings = [*_of_area(), *(part for name, _ in _HEADINGS for part in (name, f"{name}比上月"))]
    lines = [[*_named(one.area), *_dispatched(one, month, known)] for one in found]
    span = _month(month)
    note = _noted(f"{span}就业月调度。", months_before(month, 1), known)
    return _book(actor, f"就业月调度 {span}", f"月调度 {span}", note, headings, lines, export_id)


def bulletin_workbook(session: Session, actor: Actor, area_code: str, first: date, export_id: UUID) -> bytes:
    """Give the bulletin of an area and all below it. Raises NotFoundError."""
    found = whole_quarter(session, actor, area_code, first)
    known = stable_homes_from(session, area_code)
    worked = [f"{first.month + number}月务工和自营" for number in range(QUARTER_MONTHS)]
    headings = [*_of_area(), *worked, "务工比例", "比例比上季", *(f"{name}比上季" for name, _ in _HEADINGS)]
    before = months_before(first, 1)
    lines = [[*_named(one.area), *_told_of_quarter(one, before, known)] for one in found]
    span = f"{first:%Y}年第{(first.month + 2) // QUARTER_MONTHS}季度"
    note = _noted(f"{span}就业季通报。", before, known)
    return _book(actor, f"就业季通报 {span}", f"季通报 {span}", note, headings, lines, export_id)


def _of_area() -> Sequence[str]:
    return ("地区代码", "地区")


def _named(area: Area) -> Sequence[str]:
    return (area.code, area.name)


def _month(month: date) -> str:
    return f"{month:%Y}年{month.month}月"


def _noted(what: str, since: date, known: date | None) -> str:
    """Say what the sheet is of, and from when on homes with stable work are known if that is later."""
    if known is not None and known <= since:
        return f"{what}{_NOTE}"
    when = "还没有人登记" if known is None else f"从{_month(known)}起才能知道"
    return f"{what}{_NOTE}稳定就业要连续登记三个月，{when}，以前的写成“{_NOT_KNOWN}”。"


def _dispatched(one: AreaMonth, month: date, known: date | None) -> list[str | int]:
    before = months_before(month, 1)
    return [
        shown
        for _, name in _HEADINGS
        for shown in (
            _of(name, _shown(getattr(one.figures, name)), month, known),
            _of(name, _changed(getattr(one.change, name)), before, known),
        )
    ]


def _told_of_quarter(one: AreaQuarter, before: date, known: date | None) -> list[str | int]:
    worked = [_shown(figures.working) for _, figures in one.months]
    share = _KEPT_BACK if one.share is None else f"{one.share}%"
    change: WorkFigures = one.change
    return [
        *worked,
        share,
        _changed(one.share_change),
        *(_of(name, _changed(getattr(change, name)), before, known) for _, name in _HEADINGS),
    ]


def _of(name: str, shown: str | int, since: date, known: date | None) -> str | int:
    """Give what is shown of a figure; of homes with stable work, that it was not known yet."""
    is_known = name != "stable_homes" or (known is not None and known <= since)
    return shown if is_known else _NOT_KNOWN


def _shown(number: int | None) -> str | int:
    return _KEPT_BACK if number is None else number


def _changed(number: float | None) -> str:
    return _KEPT_BACK if number is None else f"{number:+}"


def _book(
    actor: Actor,
    purpose: str,
    sheet: str,
    note: str,
    headings: Sequence[str],
    lines: Sequence[Sequence[str | int]],
    export_id: UUID,
) -> bytes:
    made = BytesIO()
    mark = Mark(actor.name, now(), purpose, export_id)
    write_workbook(cast("Sink", made), mark, headings, lines, sheet=sheet, note=lambda: note)
    return made.getvalue()
