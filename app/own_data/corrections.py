"""Correction of what is held of oneself or one's ward: asked for, decided by the community, told.

PIPL, art. 46; 未成年人网络保护条例, art. 34. Nobody decides for himself or for his own household.
"""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from app import harm, identity
from app.actors import Actor
from app.errors import DomainError, Kind
from app.harm import HarmRecord, Told
from app.identity import changed_ages
from app.models import Correction, CorrectionField, OwnRequestState, Resident, RevealField
from app.once import content_hash, insert_once, made_before
from app.own_data import requests
from app.own_data.whose import resident_meant
from app.people import AGE_FIELDS, Category, check_about, check_value, correct
from app.retention import kept_for_a_case
from app.sealing import Cell, Opener, Sealer

_NUMBERS = {
    CorrectionField.PHONE: RevealField.PHONE,
    CorrectionField.ID_NUMBER: RevealField.ID_NUMBER,
}
_KIND = HarmRecord.CORRECTION
_LOOKED_FOR = "核对更正申请 "
"""The purpose of a look at a number that somebody says is right; the request's id follows."""


class CorrectionOpenError(DomainError):
    """The same correction was asked for already, and nobody has decided yet."""

    code = "correction_open"
    kind = Kind.CONFLICT


class OwnCorrectionError(DomainError):
    """Nobody decides about a correction for himself or his own household."""

    code = "own_correction"
    kind = Kind.FORBIDDEN


_CORRECTIONS = requests.RequestKind(Correction, "correction", OwnCorrectionError)


@dataclass(frozen=True)
class NewCorrection:
    """What is wrong, what is right, and how he shows it; ``resident_id`` is his ward, or None for himself."""

    field: CorrectionField
    value: str
    said: str
    resident_id: UUID | None = None


@dataclass(frozen=True)
class Wanted:
    """A request with what it asks for in clear; None once that was dropped."""

    row: Correction
    value: str | None
    said: str | None


def ask_correction(
    session: Session, actor: Actor, sealer: Sealer, correction_id: UUID, new: NewCorrection
) -> tuple[Correction, bool]:
    """Ask the community to put something right; its admins are told.

    Raises NotFoundError for somebody without a place on the roster or somebody else's child,
    CorrectionValueError, NoBasisError and ConsentChangedError for a number of a ward under 14 for whom nobody
    agreed, CorrectionOpenError, OtherContentError.
    """
    assert actor.user_id is not None, "a view for signed-in people"
    sent = sealer.fingerprint(content_hash(actor.user_id, new))
    first = made_before(
        session, Correction, correction_id, sent, author=Correction.asked_by, by=actor.user_id
    )
    if first is not None:
        return first, False
    resident = resident_meant(session, actor, new.resident_id)
    check_value(new.field, new.value)
    if new.field in _NUMBERS and new.value:
        check_about(session, resident, Category.NUMBERS)
    row, made = insert_once(
        session,
        Correction,
        correction_id,
        sent,
        taken=CorrectionOpenError(field="field"),
        field=new.field,
        wanted_sealed=sealer.seal(new.value, _cell(correction_id, "wanted_sealed")),
        said_sealed=sealer.seal(new.said, _cell(correction_id, "said_sealed")),
        **requests.new_request(actor, resident),
    )
    if made:
        requests.tell_admins(session, _CORRECTIONS, row, "asked")
        told = Told(_KIND, row.id, row.area_code)
        harm.watch(session, actor, told, [new.value, new.said], about=resident)
    return row, made


def withdraw_correction(session: Session, actor: Actor, correction_id: UUID) -> Correction:
    """Take back a request of the actor's own; again changes nothing.

    Raises NotFoundError, IllegalStepError once it was decided.
    """
    row = requests.withdraw(session, actor, _CORRECTIONS, correction_id)
    _drop_wish(session, row)
    return row


def approve_correction(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    correction_id: UUID,
    *,
    note: str,
    approval_id: UUID | None = None,
) -> Correction:
    """Put it right, say why, and tell who asked; the same again changes nothing.

    What OTHER asks for, the actor has put right where it stands, and says so in ``note``. Who turns out to be
    a child for whom no guardian agreed is signed out. A minor's age, and that of who would be one, takes
    the approval of a second person (``identity.minor_ages``).

    Raises NotFoundError, OwnCorrectionError, AskerGoneError, IllegalStepError, and what ``people.correct``
    and ``identity.use_approval`` raise.
    """
    row, resident = requests.to_decide(session, actor, _CORRECTIONS, correction_id)
    if requests.is_decided(row, actor, OwnRequestState.DONE, note):
        return row
    requests.check_asker(session, row)
    former = resident.name
    agreed = partial(
        changed_ages.agreed_to_age, session, actor, request_id=correction_id, approval_id=approval_id
    )
    wanted = opened_correction(sealer, row).value or ""
    correct(session, actor, sealer, resident, row.field, wanted, agreed=agreed)
    if resident.name != former:
        identity.follow_name(session, resident, former)
    if row.field in AGE_FIELDS:
        identity.children.shut_out_child(session, resident.id)
    requests.decide(session, actor, _CORRECTIONS, row, OwnRequestState.DONE, note)
    _drop_wish(session, row)
    return row


def _drop_wish(session: Session, row: Correction) -> None:
    """Drop what was wanted once it was done or taken back, unless it tells of harm to a minor."""
    if row.wanted_sealed is not None and not session.scalar(select(kept_for_a_case(literal(row.id), _KIND))):
        row.wanted_sealed = None


def refuse_correction(session: Session, actor: Actor, correction_id: UUID, *, note: str) -> Correction:
    """Say no and why, and tell who asked; the same again changes nothing.

    Raises NotFoundError, OwnCorrectionError, IllegalStepError.
    """
    return requests.refuse(session, actor, _CORRECTIONS, correction_id, note=note)


def own_corrections(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[Correction]:
    """List what the actor asked for, the newest first."""
    return requests.asked_by_actor(session, actor, _CORRECTIONS, after=after, limit=limit)


def corrections(
    session: Session, actor: Actor, *, state: OwnRequestState | None = None, after: UUID | None, limit: int
) -> list[Correction]:
    """List the requests that lie before the actor, the newest first, on request of one state."""
    return requests.asked_in_scope(session, actor, _CORRECTIONS, state=state, after=after, limit=limit)


def correction_in_scope(session: Session, actor: Actor, correction_id: UUID) -> Correction:
    """Give one request that lies before the actor. Raises NotFoundError, OwnCorrectionError."""
    return requests.one_to_open(session, actor, _CORRECTIONS, correction_id)


def open_correction(session: Session, actor: Actor, sealer: Opener, row: Correction) -> Wanted:
    """Give a request with what it asks for in clear; a number counts among those that the actor sees today.

    Raises RevealLimitError.
    """
    wanted = opened_correction(sealer, row)
    field = _NUMBERS.get(row.field)
    if field is not None and wanted.value:
        resident = session.get_one(Resident, row.resident_id)
        identity.keep_look(session, actor, resident, field=field, purpose=f"{_LOOKED_FOR}{row.id}")
    return wanted


def opened_correction(sealer: Opener, row: Correction) -> Wanted:
    """Give a request with what it asks for in clear."""
    wanted, said = row.wanted_sealed, row.said_sealed
    return Wanted(
        row=row,
        value=sealer.open(wanted, _cell(row.id, "wanted_sealed")) if wanted is not None else None,
        said=sealer.open(said, _cell(row.id, "said_sealed")) if said is not None else None,
    )


def remind_of_corrections(session: Session, *, limit: int) -> int:
    """Tell the admins, once, of requests whose time is nearly over; give of how many."""
    return requests.remind(session, _CORRECTIONS, limit=limit)


def _cell(correction_id: UUID, column: str) -> Cell:
    return Cell("corrections", column, correction_id)
