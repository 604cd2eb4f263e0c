"""Looking again, and answering: each result has its reason and a name, and somebody else hears an appeal."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from app import notices
from app.actors import Actor, Scope, community_of
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError
from app.evidence import NamedPhoto, link_photos, photos_of, shown_digits
from app.identity import Permission, scope_of, seeing_to
from app.models import (
    CareRecord,
    Challenge,
    ClockFlag,
    Datum,
    Inspection,
    NoticeKind,
    Photo,
    PhotoLink,
    PhotoOwner,
    Place,
    Presence,
    Resident,
    SpotCheck,
    SpotCheckRecord,
    SpotCheckStatus,
    User,
    Visit,
)
from app.people import accounts_of_home, check_account_elsewhere
from app.spot_checks.homes import people_visited

RESULTS = frozenset(
    {SpotCheckStatus.CONFIRMED, SpotCheckStatus.NOT_CONFIRMED, SpotCheckStatus.COULD_NOT_CHECK}
)


class OwnSpotCheckError(DomainError):
    """Nobody looks at his own record again, and whoever looked does not decide on the appeal."""

    code = "own_spot_check"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class ListedSpotCheck:
    """A spot check with the names that belong to it."""

    check: SpotCheck
    place_name: str
    worker_name: str
    checked_by_name: str | None
    decided_by_name: str | None


@dataclass(frozen=True)
class SeenPhotoTime:
    """A photo of the record and when it came, None until then."""

    photo_id: UUID
    received_at: datetime | None
    is_late: bool
    """It came when the challenge was over."""


@dataclass(frozen=True)
class SeenRecord:
    """When a record was made and what its signals add up to; the position is that of an inspection only."""

    captured_at: datetime
    received_at: datetime
    clock_flag: ClockFlag
    presence: Presence
    presence_reasons: list[str]
    lng: float | None
    lat: float | None
    accuracy_m: float | None
    datum: Datum | None


_SEEN = [field.name for field in fields(SeenRecord)]


@dataclass(frozen=True)
class ShownSpotCheck(ListedSpotCheck):
    """A spot check with what the record showed: place, position, times and photos side by side.

    Of a visit there is only who was where and when, and how well that is shown: what it said, its photos and
    the position at somebody's door are read with the visit, by those who may.
    """

    place: Place
    record: SeenRecord
    challenge: Challenge | None
    digits: str | None
    """What the photo should show."""
    photos: list[SeenPhotoTime]
    result_photos: list[NamedPhoto]
    """What whoever looked again took."""


def spot_checks(
    session: Session,
    actor: Actor,
    *,
    status: SpotCheckStatus | None,
    area_code: str | None = None,
    worker_id: UUID | None = None,
    after: UUID | None,
    limit: int,
) -> list[ListedSpotCheck]:
    """List what the actor may look at again, the newest first; a worker finds his own that have a result."""
    query = select(SpotCheck).where(_visible(actor)).order_by(SpotCheck.id.desc()).limit(limit)
    if status is not None:
        query = query.where(SpotCheck.status == status)
    if area_code is not None:
        query = query.where(Scope(areas=(area_code,)).clause(SpotCheck.area_code))
    if worker_id is not None:
        query = query.where(SpotCheck.worker_id == worker_id)
    if after is not None:
        query = query.where(SpotCheck.id < after)
    return _listed(session, list(session.scalars(query)))


def spot_check(session: Session, actor: Actor, check_id: UUID) -> ShownSpotCheck:
    """Show one with its evidence. Raises NotFoundError outside what the actor sees."""
    row = session.scalars(select(SpotCheck).where(SpotCheck.id == check_id, _visible(actor))).one_or_none()
    if row is None:
        raise NotFoundError
    (listed,) = _listed(session, [row])
    challenge = session.scalars(
        select(Challenge).where(Challenge.record_id == row.record_id).limit(1)
    ).one_or_none()
    of_visit = row.record_kind is SpotCheckRecord.VISIT
    return ShownSpotCheck(
        **vars(listed),
        place=session.get_one(Place, row.place_id),
        record=_seen_record(session, row),
        challenge=challenge,
        digits=shown_digits(challenge.nonce) if challenge and not of_visit else None,
        photos=[] if of_visit else _photo_times(session, row, challenge),
        result_photos=photos_of(session, [row.id])[row.id],
    )


def _seen_record(session: Session, row: SpotCheck) -> SeenRecord:
    made = Visit if row.record_kind is SpotCheckRecord.VISIT else Inspection
    found = session.execute(select(*(getattr(made, name) for name in _SEEN)).where(made.id == row.record_id))
    seen = SeenRecord(*found.one())
    return seen if made is Inspection else replace(seen, lng=None, lat=None, accuracy_m=None, datum=None)


def _photo_times(session: Session, row: SpotCheck, challenge: Challenge | None) -> list[SeenPhotoTime]:
    photos = session.execute(
        select(PhotoLink.photo_id, Photo.received_at)
        .outerjoin(
            Photo,
            (Photo.id == PhotoLink.photo_id)
            & (Photo.uploaded_by == row.worker_id)
            & Photo.quarantine.is_(None),
        )
        .where(PhotoLink.record_id == row.record_id)
        .order_by(PhotoLink.position, PhotoLink.photo_id)
        .limit(100)
    )
    return [
        SeenPhotoTime(photo_id, at, bool(challenge and at and at > challenge.expires_at))
        for photo_id, at in photos
    ]


def give_result(
    session: Session,
    actor: Actor,
    check_id: UUID,
    *,
    result: SpotCheckStatus,
    note: str,
    photo_ids: Sequence[UUID] = (),
) -> SpotCheck:
    """Say what was found on the spot, with photos if there are any, and tell the worker.

    The same again changes nothing.

    Raises NotFoundError, OwnSpotCheckError, OwnHouseholdError, IllegalStepError.
    """
    assert result in RESULTS, "the edge lets no other in"
    row = _locked(session, actor, check_id)
    if row.worker_id == actor.user_id:
        raise OwnSpotCheckError
    if row.checked_by == actor.user_id and row.note == note and _result_of(row) is result:
        named = photos_of(session, [row.id])[row.id]
        if [one.photo_id for one in named] == list(dict.fromkeys(photo_ids)):
            return row
    check_account_elsewhere(session, actor, row.worker_id)
    row.checked_by, row.checked_at, row.note = actor.user_id, now(), note
    row.advance(result)
    link_photos(session, PhotoOwner.SPOT_CHECK, row.id, row.area_code, photo_ids, by=actor.user_id)
    _tell(session, row, row.worker_id, "result")
    return row


def appeal(session: Session, actor: Actor, check_id: UUID, *, reason: str) -> SpotCheck:
    """Say as the worker that a result is wrong, and tell those who may decide.

    The same again changes nothing. Raises NotFoundError for others than the worker, IllegalStepError.
    """
    row = _locked(session, actor, check_id)
    if row.worker_id != actor.user_id:
        raise NotFoundError
    if row.appealed_at is not None and row.appeal == reason:
        return row
    row.advance(SpotCheckStatus.APPEALED)
    row.appeal, row.appealed_at = reason, now()
    homes = (accounts_of_home(session, home) for home in actor.homes)
    barred = {row.worker_id, row.checked_by}.union(*homes, people_visited(session, [row])[row.id])
    _, deciders = seeing_to.who_sees_to_it(session, community_of(row.area_code), but=barred)
    for user_id in sorted(deciders):
        _tell(session, row, user_id, "appealed")
    return row


def decide(session: Session, actor: Actor, check_id: UUID, *, upheld: bool, note: str) -> SpotCheck:
    """Decide on an appeal as a third person, and tell the worker; the same again changes nothing.

    Raises NotFoundError, OwnSpotCheckError, OwnHouseholdError, IllegalStepError.
    """
    row = _locked(session, actor, check_id)
    if actor.user_id in {row.worker_id, row.checked_by}:
        raise OwnSpotCheckError
    to = SpotCheckStatus.UPHELD if upheld else SpotCheckStatus.LIFTED
    if (row.status, row.decided_by, row.decision_note) == (to, actor.user_id, note):
        return row
    check_account_elsewhere(session, actor, row.worker_id)
    row.advance(to)
    row.decided_by, row.decided_at, row.decision_note = actor.user_id, now(), note
    _tell(session, row, row.worker_id, "decided")
    return row


def _result_of(row: SpotCheck) -> SpotCheckStatus:
    """Give what was found at first, however the appeal went on."""
    return SpotCheckStatus.NOT_CONFIRMED if row.appealed_at is not None else row.status


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL which he finds: his own with a result, all within reach, but no visits to his own home."""
    own = (SpotCheck.worker_id == actor.user_id) & (SpotCheck.status != SpotCheckStatus.DRAWN)
    reach = scope_of(actor, Permission.SPOT_CHECK_DO)
    if reach is None:
        return own
    at_home = exists().where(
        Visit.id == SpotCheck.record_id,
        CareRecord.id == Visit.care_record_id,
        Resident.id == CareRecord.resident_id,
        Resident.household_id.in_(sorted(actor.homes)),
    )
    return or_(own, reach.clause(SpotCheck.area_code) & ~at_home)


def _locked(session: Session, actor: Actor, check_id: UUID) -> SpotCheck:
    query = select(SpotCheck).where(SpotCheck.id == check_id, _visible(actor)).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def listed(session: Session, row: SpotCheck) -> ListedSpotCheck:
    """Put the names beside one."""
    return _listed(session, [row])[0]


def _listed(session: Session, rows: list[SpotCheck]) -> list[ListedSpotCheck]:
    people = {one for row in rows for one in (row.worker_id, row.checked_by, row.decided_by) if one}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    place_ids = {row.place_id for row in rows}
    places = dict(session.execute(select(Place.id, Place.name).where(Place.id.in_(place_ids))).all())
    return [
        ListedSpotCheck(
            row,
            places[row.place_id],
            names[row.worker_id],
            names[row.checked_by] if row.checked_by else None,
            names[row.decided_by] if row.decided_by else None,
        )
        for row in rows
    ]


def _tell(session: Session, row: SpotCheck, to: UUID, what: str) -> None:
    notices.post(
        session, NoticeKind.SPOT_CHECK, to=to, area_code=row.area_code, what=what, spot_check_id=row.id
    )
