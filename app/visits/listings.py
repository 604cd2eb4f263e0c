"""Reading visits: lists without answers and notes, which only one visit at a time shows."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from app import harm
from app.actors import Actor
from app.errors import NotFoundError
from app.evidence import NamedPhoto, photos_of, signature_of
from app.models import CareRecord, FollowUp, Hazard, Visit
from app.visits.care_listings import NotResponsibleError, admin_scope, check_doer
from app.visits.care_shown import seen_care_record
from app.visits.follow_ups import ShownFollowUp, shown_follow_ups
from app.visits.leave import Leave, TicketNeededError, check_shown, leave_to_read


@dataclass(frozen=True)
class WholeVisit:
    """A visit with the photos it names, and those of its follow-ups that its reader may know of."""

    visit: Visit
    photos: list[NamedPhoto]
    follow_ups: list[ShownFollowUp]
    hazard_ids: list[UUID]
    """What was seen on it and reported."""
    signature: NamedPhoto | None
    hears: bool
    """Whether its reader is told the words of who was visited: an admin, not who called on him."""
    leave: Leave | None = None
    """By which its reader may read of a minor."""
    read: bool = True
    """Else it only goes back to whoever filed it, with nothing that others wrote before or since."""


def leave_of_record(session: Session, actor: Actor, record_id: UUID) -> Leave | None:
    """Give the leave by which the actor reads this record, None if he needs none. Raises as there."""
    return seen_care_record(session, actor, record_id).leave


def visits_of(
    session: Session, actor: Actor, care_record_id: UUID, *, after: UUID | None, limit: int
) -> list[Visit]:
    """List the visits of a care record, the newest first, without what was said.

    Raises NotFoundError, NotResponsibleError, TicketNeededError.
    """
    leave_of_record(session, actor, care_record_id)
    query = (
        select(Visit)
        .options(
            *(
                defer(one, raiseload=True)
                for one in (Visit.answers_sealed, Visit.note_sealed, Visit.word_sealed)
            )
        )
        .where(Visit.care_record_id == care_record_id, ~harm.visit_kept_from(actor))
        .order_by(Visit.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Visit.id < after)
    return list(session.scalars(query))


def whole_visit(session: Session, actor: Actor, visit_id: UUID) -> WholeVisit:
    """Give one visit with everything in it.

    Raises NotFoundError outside the actor's areas, and for what a case of harm keeps from his home,
    NotResponsibleError if another looks after the resident now, whoever made the visit,
    TicketNeededError for a minor's.
    """
    visit = _visit(session, visit_id)
    if visit is None:
        raise NotFoundError
    return _read(session, actor, visit)


def _read(session: Session, actor: Actor, visit: Visit) -> WholeVisit:
    check_doer(session, actor, visit.care_record)
    leave = leave_to_read(session, actor, visit.care_record.resident)
    check_shown(session, actor, visit)
    follow_ups = [ShownFollowUp(one, whole=True, leave=leave) for one in visit.follow_ups]
    return _whole(session, actor, visit, follow_ups, leave)


def filed_visit(session: Session, actor: Actor, visit_id: UUID) -> WholeVisit:
    """Give a visit back to whoever filed it, who wrote what is in it, whether or not he may read it now.

    Without that he sees, once he has handed it over, those of its follow-ups that are his, with a minor's
    what came of those only, and none of a visit that is kept from his home by now.
    """
    visit = _visit(session, visit_id)
    assert visit is not None, "it was filed in this transaction, or before"
    assert visit.worker_id == actor.user_id, "only its author gets it back"
    try:
        return _read(session, actor, visit)
    except (NotFoundError, NotResponsibleError, TicketNeededError):
        follow_ups = shown_follow_ups(session, actor, _left_to_him(session, actor, visit))
        return replace(_whole(session, actor, visit, follow_ups), read=False)


def _left_to_him(session: Session, actor: Actor, visit: Visit) -> list[FollowUp]:
    """Give the follow-ups of which the author of a visit hears though he may not read it."""
    try:
        check_shown(session, actor, visit)
    except NotFoundError:
        return []
    try:
        check_doer(session, actor, visit.care_record)
    except (NotFoundError, NotResponsibleError):
        return [one for one in visit.follow_ups if one.owner_id == actor.user_id]
    return visit.follow_ups


def _whole(
    session: Session,
    actor: Actor,
    visit: Visit,
    follow_ups: list[ShownFollowUp],
    leave: Leave | None = None,
) -> WholeVisit:
    seen = session.scalars(select(Hazard.id).where(Hazard.visit_id == visit.id).order_by(Hazard.id))
    photos = photos_of(session, [visit.id])[visit.id]
    hears = admin_scope(actor).covers(visit.area_code) and visit.worker_id != actor.user_id
    return WholeVisit(visit, photos, follow_ups, list(seen), signature_of(session, visit.id), hears, leave)


def _visit(session: Session, visit_id: UUID) -> Visit | None:
    return session.scalars(
        select(Visit)
        .options(
            joinedload(Visit.care_record).joinedload(CareRecord.resident),
            joinedload(Visit.form),
            joinedload(Visit.unchanged_from),
            selectinload(Visit.follow_ups).lazyload(FollowUp.visit),
        )
        .where(Visit.id == visit_id)
    ).one_or_none()
