"""Pairs of photos that may be one, for review: nothing is refused, deducted or told because of them.

A reviewer sees a pair of which one photo is shown by a record that he may read; of the other photo he sees
what he could read anyway, or nothing. Photos of visits, and of what tells of
harm to a minor, are never shown.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, exists, false, or_, select, union
from sqlalchemy.orm import Session, aliased

from app.actors import Actor, Scope
from app.clock import now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.models import (
    HazardEvent,
    HazardStep,
    MatchKind,
    MatchVerdict,
    Photo,
    PhotoLink,
    PhotoMatch,
    PhotoOwner,
)
from app.retention import belongs_to_a_case

Reach = Mapping[PhotoOwner, Scope]
MOST_RECORDS = 5
"""Of one photo that are named beside it."""
_LOOKED_AT = 500
"""So many of the newest pairs are looked at first: they fill the page of most, or are all there are."""


class OwnPhotoError(DomainError):
    """Whoever sent one of the two photos does not judge the pair."""

    code = "own_photo"
    kind = Kind.FORBIDDEN


class Settled(StrEnum):
    """Which pairs: those that wait for somebody, those he looked at, or all."""

    OPEN = "open"
    DONE = "done"
    ALL = "all"


@dataclass(frozen=True)
class NamingRecord:
    """A record that names a photo."""

    kind: PhotoOwner
    record_id: UUID
    area_code: str
    hazard_id: UUID | None
    """Of a step of a hazard: whose course it stands in."""
    step: HazardStep | None


@dataclass(frozen=True)
class MatchedPhoto:
    """One of the two, with records that show it."""

    photo_id: UUID
    received_at: datetime
    records: tuple[NamingRecord, ...]


@dataclass(frozen=True)
class ToldMatch:
    """A pair as its reader sees it; a photo that he may not read is None."""

    match: PhotoMatch
    photo: MatchedPhoto | None
    earlier: MatchedPhoto | None


def matches(
    session: Session,
    actor: Actor,
    reach: Reach,
    *,
    settled: Settled = Settled.OPEN,
    kind: MatchKind | None = None,
    area_code: str | None = None,
    after: UUID | None,
    limit: int,
) -> list[ToldMatch]:
    """List the pairs of which a record in the actor's scope shows one photo, the newest first.

    ``reach`` says per kind of record how far he reads it.
    ``area_code`` asks for those of which a record in that area shows one.
    Two photos of one record are no reuse: somebody took the same thing twice.
    """
    within = None if area_code is None else Scope(areas=(area_code,))
    asked = select(PhotoMatch).order_by(PhotoMatch.id.desc())
    if settled is not Settled.ALL:
        waits = PhotoMatch.settled_at.is_(None)
        asked = asked.where(waits if settled is Settled.OPEN else ~waits)
    if kind is not None:
        asked = asked.where(PhotoMatch.kind == kind)
    if after is not None:
        asked = asked.where(PhotoMatch.id < after)

    def first_of(pairs: Select[PhotoMatch]) -> Sequence[PhotoMatch]:
        pair = aliased(PhotoMatch, pairs.subquery())
        shown = _shown(pair, actor, reach, within)
        return session.scalars(shown.order_by(pair.id.desc()).limit(limit)).all()

    newest = session.scalars(asked.with_only_columns(PhotoMatch.id).limit(_LOOKED_AT)).all()
    rows = first_of(select(PhotoMatch).where(PhotoMatch.id.in_(newest)))
    if len(rows) < limit and len(newest) == _LOOKED_AT:
        rows = first_of(asked.where(PhotoMatch.id.in_(_named_within(reach, actor.scope, within))))
    return _told(session, rows, reach)


def settle(
    session: Session, actor: Actor, match_id: UUID, reach: Reach, *, verdict: MatchVerdict, note: str
) -> ToldMatch:
    """Note what somebody found who looked at both; the same again by the same person changes nothing.

    Raises NotFoundError, OwnPhotoError, or IllegalStepError if it was settled otherwise.
    """
    query = _shown(PhotoMatch, actor, reach).where(PhotoMatch.id == match_id).with_for_update(of=PhotoMatch)
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFoundError
    both = Photo.id.in_([row.photo_id, row.earlier_id])
    if session.scalar(select(exists().where(both, Photo.uploaded_by == actor.user_id))):
        raise OwnPhotoError
    if row.settled_at is None:
        row.settled_at, row.settled_by = now(), actor.user_id
        row.verdict, row.note = verdict, note
        session.flush()
    elif (row.settled_by, row.verdict, row.note) != (actor.user_id, verdict, note):
        raise IllegalStepError(now="settled", asked="settle")
    (told,) = _told(session, [row], reach)
    return told


def _shown(
    pair: type[PhotoMatch], actor: Actor, reach: Reach, within: Scope | None = None
) -> Select[PhotoMatch]:
    """Read those pairs that the actor may see; each is looked at for itself."""
    later, earlier = aliased(Photo), aliased(Photo)
    one, other = aliased(PhotoLink), aliased(PhotoLink)
    of_one_record = exists().where(
        one.photo_id == pair.photo_id,
        other.photo_id == pair.earlier_id,
        one.record_id == other.record_id,
    )
    return (
        select(pair)
        .join(later, later.id == pair.photo_id)
        .join(earlier, earlier.id == pair.earlier_id)
        .where(or_(*(_readable(one, reach, actor.scope, within) for one in (later, earlier))), ~of_one_record)
    )


def _named_within(reach: Reach, *scopes: Scope | None) -> CompoundSelect[UUID]:
    """Give the pairs of which a record in these areas names a photo: those to be looked at where few are."""
    named = select(PhotoLink.photo_id).where(_within(PhotoLink, reach))
    for scope in scopes:
        if scope is not None:
            named = named.where(scope.clause(PhotoLink.area_code))
    photo_ids = select(named.cte("named").c.photo_id)
    either = (PhotoMatch.photo_id, PhotoMatch.earlier_id)
    return union(*(select(PhotoMatch.id).where(photo_id.in_(photo_ids)) for photo_id in either))


def _readable(photo: type[Photo], reach: Reach, *scopes: Scope | None) -> ColumnElement[bool]:
    """Say in SQL that a record within reach shows this photo, and that none tells of harm to a minor."""
    link, secret = aliased(PhotoLink), aliased(PhotoLink)
    shown = exists().where(link.photo_id == photo.id, _names(link, photo), _within(link, reach))
    for scope in scopes:
        if scope is not None:
            shown = shown.where(scope.clause(link.area_code))
    kept_back = exists().where(secret.photo_id == photo.id, belongs_to_a_case(secret.record_id))
    return shown & ~kept_back & photo.is_signature.is_(False)


def _names(link: type[PhotoLink], photo: type[Photo]) -> ColumnElement[bool]:
    return link.named_by.is_not_distinct_from(photo.uploaded_by)


def _within(link: type[PhotoLink], reach: Reach) -> ColumnElement[bool]:
    kinds = [and_(link.record_kind == kind, scope.clause(link.area_code)) for kind, scope in reach.items()]
    return or_(false(), *kinds)


def _told(session: Session, rows: Sequence[PhotoMatch], reach: Reach) -> list[ToldMatch]:
    photos = photos_in_reach(session, {one for row in rows for one in (row.photo_id, row.earlier_id)}, reach)
    return [ToldMatch(row, photos.get(row.photo_id), photos.get(row.earlier_id)) for row in rows]


def photos_in_reach(session: Session, photo_ids: Collection[UUID], reach: Reach) -> dict[UUID, MatchedPhoto]:
    """Give those of the photos that the reader may see, in one query however many."""
    query = (
        select(
            Photo.id,
            Photo.received_at,
            PhotoLink.record_kind,
            PhotoLink.record_id,
            PhotoLink.area_code,
            HazardEvent.hazard_id,
            HazardEvent.step,
        )
        .join(PhotoLink, PhotoLink.photo_id == Photo.id)
        .outerjoin(
            HazardEvent,
            and_(PhotoLink.record_kind == PhotoOwner.HAZARD_EVENT, HazardEvent.id == PhotoLink.record_id),
        )
        .where(Photo.id.in_(photo_ids), _names(PhotoLink, Photo), _within(PhotoLink, reach))
        .where(_readable(Photo, reach), Photo.quarantine.is_(None))
        .order_by(PhotoLink.record_id)
    )
    received: dict[UUID, datetime] = {}
    records: dict[UUID, list[NamingRecord]] = defaultdict(list)
    for photo_id, received_at, kind, record_id, area_code, hazard_id, step in session.execute(query):
        received[photo_id] = received_at
        records[photo_id].append(NamingRecord(kind, record_id, area_code, hazard_id, step))
    return {
        photo_id: MatchedPhoto(photo_id, at, tuple(records[photo_id][:MOST_RECORDS]))
        for photo_id, at in received.items()
    }
