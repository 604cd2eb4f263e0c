"""Emptying again what was emptied since the backup was made: numbers, words, positions, photos, codes."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app import evidence, retention
from app.identity import again
from app.models import FROZEN_TOO, HarmRecord, Photo, PhotoLink, Resident
from app.own_data.kinds import TABLES
from app.own_data.outcomes import Outcome, Tools, outcome_of, there
from app.own_data.removal_list import Removed


def forget_phone(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """Take a phone off an account, unless its owner signs in by it and a password."""
    done = again.forget_phone(session, one.row_id)
    if done is None:
        return Outcome.BY_HAND
    return Outcome.DONE if done else Outcome.NOTHING


def emptying(*columns: str, harm: tuple[str, HarmRecord] | None) -> Callable[..., Outcome]:
    """Make what empties columns of a row unless it tells of harm; ``harm`` names the record's id and kind."""

    def empty(session: Session, _tools: Tools, one: Removed) -> Outcome:
        table = TABLES[one.what.partition(".")[0]]
        which = (table.c.id == one.row_id) & or_(*(table.c[name].is_not(None) for name in columns))
        if harm is not None:
            key, kind = harm
            which &= ~retention.kept_for_a_case(table.c[key], kind)
        return outcome_of(session.execute(update(table).where(which).values(dict.fromkeys(columns))))

    return empty


def forget_photo(session: Session, tools: Tools, one: Removed) -> Outcome:
    """Delete the photo with its files; the files also where the backup of the folder alone has them."""
    if _shows_harm(session, one.row_id):
        return Outcome.NOTHING
    present = session.get(Photo, one.row_id) is not None
    evidence.forget(session, tools.photos, [one.row_id])
    return Outcome.DONE if present else Outcome.NOTHING


def forget_position(session: Session, tools: Tools, one: Removed) -> Outcome:
    """Forget where a photo was taken, unless it shows harm to a minor."""
    return Outcome.NOTHING if _shows_harm(session, one.row_id) else _PLACE(session, tools, one)


def _shows_harm(session: Session, photo_id: UUID) -> bool:
    which = (PhotoLink.photo_id == photo_id) & retention.belongs_to_a_case(PhotoLink.record_id)
    query = select(PhotoLink.photo_id).where(which).limit(1)
    return session.execute(query, execution_options={FROZEN_TOO: True}).first() is not None


def delete_code(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """Delete a home's binding code, in whose place another stood."""
    codes = TABLES["binding_codes"]
    return outcome_of(session.execute(delete(codes).where(codes.c.id == one.row_id)))


def tell_correction(session: Session, _tools: Tools, one: Removed) -> Outcome:
    """Say that what stands there is wrong again; what is right stands in no list, so people put it right."""
    if not one.tells("resident_id"):
        return Outcome.BY_HAND
    found = there(session, Resident, one.facts["resident_id"])
    return Outcome.BY_HAND if found else Outcome.NOTHING


_PLACE = emptying("gps_lng", "gps_lat", harm=None)
