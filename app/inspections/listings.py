"""Reading inspections."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app import plans
from app.actors import Actor, Scope
from app.clock import end_of, start_of
from app.errors import NotFoundError
from app.evidence import NamedPhoto, lacks_photos, photos_of
from app.models import AnswerResult, Checklist, ChecklistItem, Inspection, InspectionAnswer, Presence

_ANSWERS = (
    select(InspectionAnswer)
    .where(InspectionAnswer.inspection_id == bindparam("inspection_id"))
    .order_by(InspectionAnswer.position)
)
_IS_PROBLEM = InspectionAnswer.result == AnswerResult.PROBLEM


@dataclass(frozen=True)
class InspectionFilter:
    """Which inspections; both days are included and are the device's."""

    place_id: UUID | None = None
    worker_id: UUID | None = None
    area_code: str | None = None
    presence: Presence | None = None
    since: date | None = None
    until: date | None = None
    lacks_photos: bool = False
    """Only those that name photos which have not arrived."""
    problems: bool | None = None
    """Only those that found problems, also such as were corrected on the spot, or only those that did not."""


@dataclass(frozen=True)
class ListedInspection:
    """An inspection in a list, with its place and checklist loaded."""

    inspection: Inspection
    photos: list[NamedPhoto]
    problems: int


@dataclass(frozen=True)
class ShownAnswer:
    """One answer with its question and its photos."""

    item: ChecklistItem
    answer: InspectionAnswer
    photos: list[NamedPhoto]


@dataclass(frozen=True)
class ShownInspection(ListedInspection):
    """An inspection with all its answers, in the order of the list, and what it resolves of plans."""

    answers: list[ShownAnswer]
    unanswered: list[ChecklistItem]
    """Those of which nothing was said, and need not be."""
    occurrences: Sequence[plans.Resolved]


def inspections(
    session: Session, actor: Actor, wanted: InspectionFilter, *, after: UUID | None, limit: int
) -> list[ListedInspection]:
    """List inspections of the actor's areas, or all that he filed himself there, the newest first."""
    own = actor.user_id is not None and wanted.worker_id == actor.user_id
    query = (
        select(Inspection)
        .where(_his_own(actor) if own else actor.scope.clause(Inspection.area_code))
        .options(joinedload(Inspection.place), joinedload(Inspection.checklist))
        .order_by(Inspection.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Inspection.id < after)
    rows = list(session.scalars(_filtered(query, wanted)))
    ids = [row.id for row in rows]
    photos, problems = photos_of(session, ids), _problems(session, ids)
    return [ListedInspection(row, photos[row.id], problems.get(row.id, 0)) for row in rows]


def inspection(session: Session, actor: Actor, inspection_id: UUID) -> ShownInspection:
    """Give one inspection with its answers. Raises NotFoundError outside the actor's reach."""
    row = session.scalars(
        select(Inspection)
        .where(
            Inspection.id == inspection_id,
            or_(actor.scope.clause(Inspection.area_code), _his_own(actor)),
        )
        .options(
            joinedload(Inspection.place),
            joinedload(Inspection.checklist).selectinload(Checklist.items),
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return whole_inspection(session, row, plans.resolved_by(session, row, row.checklist))


def whole_inspection(
    session: Session, row: Inspection, resolved: Sequence[plans.Resolved]
) -> ShownInspection:
    """Give an inspection that has its place and its checklist at hand, with its answers."""
    answers = session.scalars(_ANSWERS, {"inspection_id": row.id}).all()
    photos = photos_of(session, [row.id])[row.id]
    items = {item.id: item for item in row.checklist.items}
    answered = {answer.item_id for answer in answers}
    return ShownInspection(
        inspection=row,
        photos=photos,
        problems=sum(answer.result is AnswerResult.PROBLEM for answer in answers),
        answers=[ShownAnswer(items[answer.item_id], answer, _named_by(answer, photos)) for answer in answers],
        unanswered=[item for item in row.checklist.items if item.id not in answered],
        occurrences=resolved,
    )


def _his_own(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL that the actor filed it, where he stands in for somebody, too."""
    return and_(Inspection.worker_id == actor.user_id, actor.scope.widened().clause(Inspection.area_code))


def _filtered(query: Select[Inspection], wanted: InspectionFilter) -> Select[Inspection]:
    if wanted.place_id is not None:
        query = query.where(Inspection.place_id == wanted.place_id)
    if wanted.worker_id is not None:
        query = query.where(Inspection.worker_id == wanted.worker_id)
    if wanted.area_code is not None:
        query = query.where(Scope(areas=(wanted.area_code,)).clause(Inspection.area_code))
    if wanted.presence is not None:
        query = query.where(Inspection.presence == wanted.presence)
    if wanted.since is not None:
        query = query.where(Inspection.captured_at >= start_of(wanted.since))
    if wanted.until is not None:
        query = query.where(Inspection.captured_at < end_of(wanted.until))
    if wanted.lacks_photos:
        query = query.where(lacks_photos(Inspection.id))
    if wanted.problems is not None:
        found = exists().where(InspectionAnswer.inspection_id == Inspection.id, _IS_PROBLEM)
        query = query.where(found if wanted.problems else ~found)
    return query


def _problems(session: Session, inspection_ids: Collection[UUID]) -> dict[UUID, int]:
    """Count the problem answers of each: one query however many inspections."""
    if not inspection_ids:
        return {}
    rows = session.execute(
        select(InspectionAnswer.inspection_id, func.count())
        .where(
            InspectionAnswer.inspection_id.in_(inspection_ids),
            _IS_PROBLEM,
        )
        .group_by(InspectionAnswer.inspection_id)
    )
    return dict(rows.all())


def _named_by(answer: InspectionAnswer, photos: list[NamedPhoto]) -> list[NamedPhoto]:
    by_id = {str(photo.photo_id): photo for photo in photos}
    return [by_id[photo_id] for photo_id in answer.photo_ids if photo_id in by_id]  # some may be gone by now
