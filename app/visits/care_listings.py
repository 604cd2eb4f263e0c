"""Reading care records: whoever looks after the resident now, and the community's admin, nobody else."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, joinedload

from app.actors import Actor, Role, Scope
from app.errors import DomainError, Kind, NotFoundError
from app.models import CareRecord, Household, Resident
from app.visits.standing_in import stands_in


class NotResponsibleError(DomainError):
    """Only the responsible worker and the community's admin may see or do this."""

    code = "not_responsible"
    kind = Kind.FORBIDDEN


def admin_scope(actor: Actor) -> Scope:
    """Give the areas whose care the actor oversees as community admin."""
    return Scope(areas=tuple(held.area_code for held in actor.held if held.role is Role.COMMUNITY_ADMIN))


def responsible(
    actor: Actor, area: InstrumentedAttribute[str], user: InstrumentedAttribute[UUID]
) -> ColumnElement[bool]:
    """Say in SQL whether a record is the actor's own by its ``user`` column, or in an area he oversees."""
    own = and_(actor.scope.clause(area), user == actor.user_id)
    return or_(own, admin_scope(actor).clause(area))


def check_responsible(actor: Actor, area_code: str, user_id: UUID) -> None:
    """Refuse a record that is another's.

    Raises NotFoundError outside the actor's areas, NotResponsibleError inside.
    """
    if not actor.scope.covers(area_code):
        raise NotFoundError
    if not is_responsible(actor, area_code, user_id):
        raise NotResponsibleError


def is_responsible(actor: Actor, area_code: str, user_id: UUID) -> bool:
    """Say whether a record of the actor's areas is his own, or lies in an area he oversees."""
    return user_id == actor.user_id or admin_scope(actor).covers(area_code)


def check_doer(session: Session, actor: Actor, record: CareRecord, *, on: date | None = None) -> None:
    """Refuse a care record that is another's: the worker's, whoever's who stands in for him, and the admins'.

    ``on``: or of whoever stood in on that day, whose visit arrives late. Raises as ``check_responsible``.
    """
    within = actor.scope.covers(record.area_code)
    if within and is_responsible(actor, record.area_code, record.worker_id):
        return
    if not stands_in(session, actor, record, on=on):
        raise NotResponsibleError if within else NotFoundError


def with_home(query: Select[CareRecord]) -> Select[CareRecord]:
    """Read along the resident, his household and its place, which the visit happens at, and the alert."""
    home = contains_eager(CareRecord.resident).joinedload(Resident.household).joinedload(Household.place)
    return query.join(CareRecord.resident).options(home, joinedload(CareRecord.alert))


def opened_care_record(session: Session, record_id: UUID) -> CareRecord:
    """Give a care record, as ``care_record_of`` does, back to whoever has just opened it.

    Only after ``open_care``, which knows what its author sends again, also when his areas are others by now.
    """
    return session.scalars(with_home(select(CareRecord)).where(CareRecord.id == record_id)).one()


def care_record_of(
    session: Session, actor: Actor, record_id: UUID, *, lock: bool = False, on: date | None = None
) -> CareRecord:
    """Give one care record with resident, household and place; ``lock`` keeps others from changing it.

    Raises NotFoundError outside the actor's areas, NotResponsibleError if it is another worker's, but for
    whoever stands in for him, or did ``on`` a day.
    """
    query = with_home(select(CareRecord)).where(CareRecord.id == record_id)
    if lock:
        query = query.with_for_update(of=CareRecord, key_share=True).execution_options(populate_existing=True)
    record = session.scalars(query).one_or_none()
    if record is None:
        raise NotFoundError
    check_doer(session, actor, record, on=on)
    return record
