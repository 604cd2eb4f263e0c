"""Doing again, after an older backup was restored, what the re-delete list says was removed since.

Each removal that the database does not know (``removals``) happened after the backup was made: no clock is
compared. It is done by its ids, idempotently, and then known. What tells of harm to a minor stays.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Column, CursorResult, delete, or_, select, text, update
from sqlalchemy.orm import Session

from app import evidence, identity, retention
from app.adapters import PhotoStore
from app.clock import now
from app.identity import again
from app.models import (
    FROZEN_TOO,
    BindingEnd,
    Closing,
    ClosingState,
    Correction,
    Deletion,
    Guardianship,
    HarmRecord,
    OwnRequest,
    OwnRequestState,
    Photo,
    PhotoLink,
    ProxyEnd,
    Removal,
    RemovalKind,
    Resident,
    User,
)
from app.own_data.closing import shut
from app.own_data.erasing import end_erasing, erase_some
from app.own_data.kinds import TABLES
from app.own_data.removal_list import Removed
from app.people import Numbers, keep_numbers, numbers_of
from app.sealing import Sealer

_BATCH = 200
_FIRST = (RemovalKind.PROXY_ENDED, RemovalKind.CLOSING_BEGUN)
"""In this order before all others: what ends with a binding or an account is over by then, so that nobody is
told of it a second time; and the rule of closings needs the numbers that are gone afterwards."""


class Outcome(StrEnum):
    """What became of one removal."""

    DONE = "done again"
    NOTHING = "nothing left to do"
    BY_HAND = "for people to put right"


@dataclass(frozen=True)
class Tools:
    """What removing works with."""

    sealer: Sealer
    photos: PhotoStore


def unknown(session: Session, listed: Iterable[Removed]) -> list[Removed]:
    """Give the removals that the database does not know, in the order in which they are to be done again."""
    everything = list(listed)
    known = set(session.scalars(select(Removal.id)))
    left = [one for one in everything if one.id not in known]
    return sorted(left, key=lambda one: _FIRST.index(one.what) if one.what in _FIRST else len(_FIRST))


def redelete(session: Session, tools: Tools, one: Removed) -> Outcome:
    """Do one removal again and know it from now on, both in the session's transaction."""
    session.execute(text("SET LOCAL gongdi.redeleting = 'on'"))
    outcome = _AGAIN[one.what](session, tools, one)
    session.flush()
    session.add(
        Removal(id=one.id, at=one.at, what=one.what, row_id=one.row_id, facts=one.facts, copied_at=now())
    )
    session.flush()
    return outcome


def _closing(session: Session, tools: Tools, one: Removed) -> Outcome:
    """Shut the account and empty it to its end: nothing is under way while the service stands still.

    What would be a reason against it today was none when it was done.
    """
    user_id = UUID(one.facts["user_id"])
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        return Outcome.NOTHING
    row = session.get(Closing, one.row_id, with_for_update=True) or _lost_closing(session, user, one)
    if row.state is ClosingState.DONE:
        return Outcome.NOTHING
    others = select(Closing).where(
        Closing.user_id == user_id, Closing.state == ClosingState.OPEN, Closing.id != row.id
    )
    for other in session.scalars(others):
        other.advance(ClosingState.WITHDRAWN)
        other.ended_at = now()
    session.flush()
    session.add(row)
    session.flush()
    if row.state is ClosingState.OPEN:
        bound_to = user.resident_id or _there(session, Resident, one.facts["bound_to"])
        shut(session, tools.sealer, row, user, bound_to)
    while erase_some(session, tools.photos, row.id, limit=_BATCH):
        session.flush()
    end_erasing(session, row.id)
    return Outcome.DONE


def _lost_closing(session: Session, user: User, one: Removed) -> Closing:
    """Make the wish anew, which was asked for after the backup was made."""
    return Closing(
        id=one.row_id,
        area_code=user.area_code,
        asked_by=_there(session, User, one.facts["asked_by"]) or user.id,
        user_id=user.id,
        ward_id=_there(session, Resident, one.facts["ward_id"]),
        asked_at=one.at,
        carry_out_at=one.at,
        due_at=one.at,
        state=ClosingState.OPEN,
        reasons=[],
        content_hash=b"",
    )


def _closing_withdrawn(session: Session, _tools: Tools, one: Removed) -> Outcome:
    row = session.get(Closing, one.row_id, with_for_update=True)
    if row is None or row.state is not ClosingState.OPEN:
        return Outcome.NOTHING
    row.advance(ClosingState.WITHDRAWN)
    row.ended_at = now()
    return Outcome.DONE


def _number(session: Session, tools: Tools, one: Removed) -> Outcome:
    row = session.get(Resident, one.row_id, with_for_update=True)
    if row is None:
        return Outcome.NOTHING
    present = numbers_of(tools.sealer, row)
    is_phone = one.what is RemovalKind.PHONE_OF_RESIDENT
    left = Numbers(None if is_phone else present.phone, present.id_number if is_phone else None)
    keep_numbers(tools.sealer, row, left)
    return Outcome.NOTHING if left == present else Outcome.DONE


def _phone_of_user(session: Session, _tools: Tools, one: Removed) -> Outcome:
    done = again.forget_phone(session, one.row_id)
    if done is None:
        return Outcome.BY_HAND
    return Outcome.DONE if done else Outcome.NOTHING


def _emptying(*columns: str, harm: tuple[str, HarmRecord] | None) -> Callable[..., Outcome]:
    """Make what empties columns of a row unless it tells of harm; ``harm`` names the record's id and kind."""

    def empty(session: Session, _tools: Tools, one: Removed) -> Outcome:
        table = TABLES[one.what.partition(".")[0]]
        which = (table.c.id == one.row_id) & or_(*(table.c[name].is_not(None) for name in columns))
        if harm is not None:
            key, kind = harm
            which &= ~retention.kept_for_a_case(table.c[key], kind)
        return _outcome(session.execute(update(table).where(which).values(dict.fromkeys(columns))))

    return empty


def _photo(session: Session, tools: Tools, one: Removed) -> Outcome:
    """Delete the photo with its files; the files also where the backup of the folder alone has them."""
    if _shows_harm(session, one.row_id):
        return Outcome.NOTHING
    present = session.get(Photo, one.row_id) is not None
    evidence.forget(session, tools.photos, [one.row_id])
    return Outcome.DONE if present else Outcome.NOTHING


def _position_of_photo(session: Session, tools: Tools, one: Removed) -> Outcome:
    return Outcome.NOTHING if _shows_harm(session, one.row_id) else _PLACE(session, tools, one)


def _shows_harm(session: Session, photo_id: UUID) -> bool:
    which = (PhotoLink.photo_id == photo_id) & retention.belongs_to_a_case(PhotoLink.record_id)
    query = select(PhotoLink.photo_id).where(which).limit(1)
    return session.execute(query, execution_options={FROZEN_TOO: True}).first() is not None


def _code(session: Session, _tools: Tools, one: Removed) -> Outcome:
    codes = TABLES["binding_codes"]
    return _outcome(session.execute(delete(codes).where(codes.c.id == one.row_id)))


def _consent_withdrawn(session: Session, _tools: Tools, one: Removed) -> Outcome:
    agreed = TABLES["consents"].c
    return _withdraw(session, one, agreed.id == one.row_id, by=one.facts["withdrawn_by"])


def _consent_refused(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """Take back every yes that the lost no had ended; whoever said yes again since is asked anew."""
    agreed = TABLES["consents"].c
    ended = (agreed.resident_id == UUID(one.facts["resident_id"])) & (agreed.purpose == one.facts["purpose"])
    return _withdraw(session, one, ended, by=one.facts["recorded_by"])


def _withdraw(session: Session, one: Removed, which: object, *, by: str | None) -> Outcome:
    table = TABLES["consents"]
    given = (table.c.given, table.c.withdrawn_at.is_(None))
    values = {"withdrawn_at": now(), "withdrawn_by": _there(session, User, by)}
    done = _outcome(session.execute(update(table).where(which, *given).values(values)))  # type: ignore[arg-type]
    identity.children.shut_out_child(session, UUID(one.facts["resident_id"]))
    return done


def _binding(session: Session, _tools: Tools, one: Removed) -> Outcome:
    by = _there(session, User, one.facts["ended_by"])
    done = again.end_binding(session, one.row_id, reason=BindingEnd(one.facts["end_reason"]), by=by)
    return Outcome.DONE if done else Outcome.NOTHING


def _proxy(session: Session, _tools: Tools, one: Removed) -> Outcome:
    by = _there(session, User, one.facts["ended_by"])
    done = again.end_proxy(session, one.row_id, reason=ProxyEnd(one.facts["end_reason"]), by=by)
    return Outcome.DONE if done else Outcome.NOTHING


def _guardianship(session: Session, _tools: Tools, one: Removed) -> Outcome:
    row = session.get(Guardianship, one.row_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        return Outcome.NOTHING
    row.ended_at, row.ended_by = now(), _there(session, User, one.facts["ended_by"])
    session.flush()
    identity.children.shut_out_child(session, row.child_id)
    return Outcome.DONE


def _link(session: Session, _tools: Tools, one: Removed) -> Outcome:
    return Outcome.DONE if again.end_link(session, one.row_id) else Outcome.NOTHING


def _request_withdrawn(model: type[OwnRequest]) -> Callable[..., Outcome]:
    """Make what takes a wish back that its asker took back; what was wanted goes with it."""

    def withdraw(session: Session, _tools: Tools, one: Removed) -> Outcome:
        row: OwnRequest | None = session.get(model, one.row_id, with_for_update=True)
        if row is None or row.state is not OwnRequestState.OPEN:
            return Outcome.NOTHING
        row.advance(OwnRequestState.WITHDRAWN)
        row.decided_by, row.decided_at = row.asked_by, now()
        session.flush()
        if isinstance(row, Correction):
            table = TABLES["corrections"]
            kept = retention.kept_for_a_case(table.c.id, HarmRecord.CORRECTION)
            session.execute(update(table).where(table.c.id == row.id, ~kept).values(wanted_sealed=None))
        return Outcome.DONE

    return withdraw


def _corrected(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """Say that what stands there is wrong again; what is right stands in no list, so people put it right."""
    there = _there(session, Resident, one.facts["resident_id"])
    return Outcome.BY_HAND if there else Outcome.NOTHING


def _there(session: Session, model: type[User] | type[Resident], row_id: str | None) -> UUID | None:
    """Give an id if the backup has its row."""
    if row_id is None:
        return None
    table = TABLES[model.__tablename__]
    key: Column[UUID] = table.c.id
    return session.execute(select(key).where(key == UUID(row_id))).scalar_one_or_none()


def _outcome(result: object) -> Outcome:
    assert isinstance(result, CursorResult)
    return Outcome.DONE if result.rowcount else Outcome.NOTHING


_PLACE = _emptying("gps_lng", "gps_lat", harm=None)
_AGAIN: Mapping[RemovalKind, Callable[[Session, Tools, Removed], Outcome]] = {
    RemovalKind.CLOSING_BEGUN: _closing,
    RemovalKind.CLOSING_WITHDRAWN: _closing_withdrawn,
    RemovalKind.PHONE_OF_RESIDENT: _number,
    RemovalKind.ID_NUMBER_OF_RESIDENT: _number,
    RemovalKind.PHONE_OF_USER: _phone_of_user,
    RemovalKind.WORDS_OF_VISIT: _emptying("answers_sealed", "note_sealed", harm=("id", HarmRecord.VISIT)),
    RemovalKind.WORDS_OF_FOLLOW_UP: _emptying(
        "need_sealed", "result_sealed", harm=("visit_id", HarmRecord.VISIT)
    ),
    RemovalKind.PHOTO: _photo,
    RemovalKind.POSITION_OF_PHOTO: _position_of_photo,
    RemovalKind.POSITION_OF_HAZARD: _emptying(
        "lng", "lat", "accuracy_m", "datum", harm=("id", HarmRecord.HAZARD)
    ),
    RemovalKind.CONSENT_WITHDRAWN: _consent_withdrawn,
    RemovalKind.CONSENT_REFUSED: _consent_refused,
    RemovalKind.BINDING_ENDED: _binding,
    RemovalKind.BINDING_CODE: _code,
    RemovalKind.PROXY_ENDED: _proxy,
    RemovalKind.GUARDIANSHIP_ENDED: _guardianship,
    RemovalKind.WECHAT_ENDED: _link,
    RemovalKind.CORRECTED: _corrected,
    RemovalKind.CORRECTION_WITHDRAWN: _request_withdrawn(Correction),
    RemovalKind.DELETION_WITHDRAWN: _request_withdrawn(Deletion),
}
