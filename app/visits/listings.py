"""Reading visits: lists without answers and notes, which only one visit at a time shows."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from app.actors import Actor
from app.errors import NotFoundError
from app.evidence import NamedPhoto, photos_of
from app.models import Visit
from app.visits.care_listings import care_record_of, check_responsible


@dataclass(frozen=True)
class WholeVisit:
    """A visit with its follow-ups and the photos it names."""

    visit: Visit
    photos: list[NamedPhoto]


def visits_of(
    session: Session, actor: Actor, care_record_id: UUID, *, after: UUID | None, limit: int
) -> list[Visit]:
    """List the visits of a care record, the newest first, without what was said.

    Raises NotFoundError, NotResponsibleError.
    """
    care_record_of(session, actor, care_record_id)
    query = (
        select(Visit)
        .options(defer(Visit.answers, raiseload=True), defer(Visit.note, raiseload=True))
        .where(Visit.care_record_id == care_record_id)
        .order_by(Visit.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Visit.id < after)
    return list(session.scalars(query))


def whole_visit(session: Session, actor: Actor, visit_id: UUID) -> WholeVisit:
    """Give one visit with everything in it.

    Raises NotFoundError outside the actor's areas, NotResponsibleError if another worker looks after the
    resident now, whoever made the visit.
    """
    visit = session.scalars(
        select(Visit)
        .options(joinedload(Visit.care_record), selectinload(Visit.follow_ups))
        .where(Visit.id == visit_id)
    ).one_or_none()
    if visit is None:
        raise NotFoundError
    check_responsible(actor, visit.area_code, visit.care_record.worker_id)
    return WholeVisit(visit, photos_of(session, [visit.id])[visit.id])
