"""What a file of the ledger of hazards says of each, in the columns that offices expect."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from app.clock import now
from app.evidence import NamedPhoto, photos_of
from app.exports import CellValue, Deadline
from app.harm import HarmRecord
from app.hazards.filters import HazardFilter, matching
from app.hazards.ledger_pictures import AFTER, BEFORE, LedgerPictures
from app.hazards.naming import (
    CATEGORY_NAMES,
    DEPARTMENT_NAMES,
    LEVEL_NAMES,
    SATISFACTION_NAMES,
    SOURCE_NAMES,
    STATUS_NAMES,
)
from app.hazards.whereabouts import ON_DUTY
from app.models import (
    HAZARD_ENDED,
    HAZARD_PUT_RIGHT,
    Area,
    Hazard,
    HazardEvent,
    HazardStatus,
    HazardStep,
    Place,
    Unit,
    User,
)
from app.people import numbers_in_texts
from app.retention import kept_for_a_case

COLUMNS = (
    "序号",
    "排查时间",
    "所在区域",
    "地点",
    "来源",
    "排查人",
    "隐患描述",
    "类别",
    "等级",
    "整改措施",
    "资金",
    "责任人",
    "整改时限",
    BEFORE,
    "整改前照片数",
    AFTER,
    "整改后照片数",
    "整改完成时间",
    "复查人",
    "复查结果",
    "销号时间",
    "状态",
    "是否逾期",
    "督办情况",
    "满意度",
    "编号",
)
_AT_ONCE = 500
_KEPT_BACK = "涉及未成年人保护，不导出"
_RECHECKS = frozenset({HazardStep.VERIFY, HazardStep.RECHECK_FAIL, HazardStep.CLOSE})
_WORK = (HazardStep.RECTIFY, HazardStep.DEPARTMENT_ANSWER)
_SUPERVISED = {
    HazardStep.SUPERVISE: "上级督办",
    HazardStep.SUPERVISE_COUNTY: "县级督办",
    HazardStep.SUPERVISE_CITY: "市级督办",
}
_TOLD = (*_WORK, *_RECHECKS, *_SUPERVISED)
_FINDER, _ASSIGNEE = aliased(User), aliased(User)


@dataclass(frozen=True)
class _Step:
    """A step, as far as the file tells of it."""

    id: UUID
    step: HazardStep
    after: HazardStatus
    at: datetime
    """When it happened, by the phone's clock where that said so."""
    note: str
    actor_name: str


def ledger_count(session: Session, wanted: HazardFilter, *, most: int) -> int:
    """Count the hazards that stand in a file, no further than one more than ``most``."""
    found = select(Hazard.id).where(*matching(wanted)).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def ledger_lines(
    session: Session, wanted: HazardFilter, pictures: LedgerPictures
) -> Iterator[list[CellValue]]:
    """Give the cells of each hazard, in the order they came; they pass through memory some at a time.

    Who works on it is named, who reported it as a neighbour or visitor is not. Words that tell of harm to a
    minor, or may, stay inside, and so do its photos. Anybody's phone or ID number is left out of the
    words, as on the printed notice.
    """
    number, after = 0, None
    while rows := session.execute(_page(wanted, after)).all():
        hazards = [row.Hazard for row in rows]
        steps = _steps(session, hazards)
        told = [row.id for row in hazards] + [one.id for of in steps.values() for one in of]
        photos = photos_of(session, told)
        for row in rows:
            number += 1
            yield _line(number, row, steps[row.Hazard.id], photos, pictures)
        after = hazards[-1].id


def _page(wanted: HazardFilter, after: UUID | None) -> Any:
    query: Any = (
        select(
            Hazard,
            Place.name.label("place"),
            Area.name.label("area"),
            _FINDER.name.label("finder"),
            _ASSIGNEE.name.label("assignee"),
            Unit.name.label("unit"),
            kept_for_a_case(Hazard.id, HarmRecord.HAZARD).label("kept_back"),
        )
        .join(Place, Place.id == Hazard.place_id)
        .join(Area, Area.code == Hazard.area_code)
        .outerjoin(_FINDER, _FINDER.id == Hazard.reported_by)
        .outerjoin(_ASSIGNEE, _ASSIGNEE.id == Hazard.assignee_id)
        .outerjoin(Unit, Unit.id == Hazard.unit_id)
        .where(*matching(wanted))
        .order_by(Hazard.id)
        .limit(_AT_ONCE)
    )
    return query if after is None else query.where(Hazard.id > after)


def _steps(session: Session, hazards: Sequence[Hazard]) -> dict[UUID, list[_Step]]:
    """Give what the file tells of, the steps of each hazard in their order."""
    query = (
        select(HazardEvent, User.name)
        .outerjoin(User, User.id == HazardEvent.actor_id)
        .where(HazardEvent.hazard_id.in_([row.id for row in hazards]), HazardEvent.step.in_(_TOLD))
        .order_by(HazardEvent.hazard_id, HazardEvent.number)
    )
    steps = defaultdict[UUID, list[_Step]](list)
    for event, name in session.execute(query):
        steps[event.hazard_id].append(
            _Step(event.id, event.step, event.status_after, event.happened_at, event.note, name or "")
        )
    return steps


def _line(
    number: int,
    row: Row[Any],
    steps: list[_Step],
    photos: dict[UUID, list[NamedPhoto]],
    pictures: LedgerPictures,
) -> list[CellValue]:
    hazard: Hazard = row.Hazard
    last = {one.step: one for one in steps}
    closed = last.get(HazardStep.CLOSE)
    done = [one for one in steps if one.step in _WORK and one.after in HAZARD_PUT_RIGHT]
    work = done[-1] if done else None
    recheck = next((one for one in reversed(steps) if one.step in _RECHECKS), None)
    fixed = hazard.five_fixed or {}
    measures = fixed.get("measures") or (work.note if work else "")
    shown = [photos[one.id] for one in steps if one.after in HAZARD_PUT_RIGHT and one.step not in _SUPERVISED]
    after = [photo for of_step in shown for photo in of_step]
    latest = chain.from_iterable(reversed(shown)) if hazard.status in HAZARD_PUT_RIGHT else ()
    return [
        number,
        hazard.happened_at,
        row.area,
        row.place,
        SOURCE_NAMES[hazard.source],
        (row.finder or "") if hazard.source in ON_DUTY else "",
        _KEPT_BACK if row.kept_back else numbers_in_texts.without_numbers(hazard.text),
        CATEGORY_NAMES[hazard.category],
        LEVEL_NAMES[hazard.level],
        "" if row.kept_back else numbers_in_texts.without_numbers(measures),
        "" if row.kept_back else numbers_in_texts.without_numbers(fixed.get("funds") or ""),
        _responsible(row),
        Deadline(hazard.due_at) if hazard.due_at else "",
        "" if row.kept_back else pictures.first(photos[hazard.id], BEFORE),
        _arrived(photos[hazard.id]),
        "" if row.kept_back else pictures.first(latest, AFTER),
        _arrived(after),
        work.at if work else "",
        recheck.actor_name if recheck else "",
        _result(hazard, recheck),
        closed.at if closed else "",
        STATUS_NAMES[hazard.status],
        _overdue(hazard, work),
        _supervised(hazard, last),
        SATISFACTION_NAMES[hazard.satisfaction] if hazard.satisfaction else "",
        str(hazard.id),
    ]


def _supervised(hazard: Hazard, last: Collection[HazardStep]) -> str:
    """Say who urged it, and whether that was answered."""
    urged = "、".join(words for step, words in _SUPERVISED.items() if step in last)
    return f"{urged}，{'已' if hazard.answered_at else '未'}答复" if urged else ""


def _responsible(row: Row[Any]) -> str:
    """Name the unit, too, beside whoever of it answers for the work; as typed, but for a case of harm."""
    hazard: Hazard = row.Hazard
    typed = "" if row.kept_back else (hazard.five_fixed or {}).get("responsible")
    department = DEPARTMENT_NAMES[hazard.department] if hazard.department else ""
    person = typed or department or row.assignee
    return "，".join(numbers_in_texts.without_numbers(name) for name in (row.unit, person) if name)


def _arrived(photos: list[NamedPhoto]) -> int:
    return sum(photo.arrived for photo in photos)


def _result(hazard: Hazard, recheck: _Step | None) -> str:
    if recheck is None:
        return ""
    failed = f"，{hazard.recheck_failures}次没通过" if hazard.recheck_failures else ""
    return f"{'没通过' if recheck.step is HazardStep.RECHECK_FAIL else '通过'}{failed}"


def _overdue(hazard: Hazard, work: _Step | None) -> str:
    """Say whether the deadline was missed; what was put right counts by when that was."""
    if hazard.due_at is None or (hazard.status in HAZARD_ENDED and hazard.status is not HazardStatus.CLOSED):
        return ""
    until = work.at if work is not None and hazard.status in HAZARD_PUT_RIGHT else now()
    return "是" if until > hazard.due_at else "否"
