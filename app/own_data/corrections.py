"""Correction of what is held of oneself or one's ward: asked for, decided by the community, told.

PIPL, art. 46; 未成年人网络保护条例, art. 34. Nobody decides for himself or for his own household.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app import identity, notices
from app.actors import Actor, Role
from app.clock import now
from app.errors import DomainError, IllegalStepError, Kind, NotFoundError
from app.models import Correction, CorrectionField, CorrectionState, NoticeKind, Resident, RevealField
from app.once import content_hash, insert_once, made_before
from app.own_data.whose import resident_meant
from app.people import check_value, correct
from app.sealing import Cell, Sealer

DECIDED_WITHIN = timedelta(days=15)
"""Half of what GB/T 35273-2020, 8.7, allows for an answer."""
REMINDED_BEFORE = timedelta(days=3)


_NUMBERS = {
    CorrectionField.PHONE: RevealField.PHONE,
    CorrectionField.ID_NUMBER: RevealField.ID_NUMBER,
}
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
    CorrectionValueError, CorrectionOpenError, OtherContentError.
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
    at = now()
    row, made = insert_once(
        session,
        Correction,
        correction_id,
        sent,
        taken=CorrectionOpenError(field="field"),
        area_code=resident.area_code,
        asked_by=actor.user_id,
        resident_id=resident.id,
        field=new.field,
        wanted_sealed=sealer.seal(new.value, _cell(correction_id, "wanted_sealed")),
        said_sealed=sealer.seal(new.said, _cell(correction_id, "said_sealed")),
        asked_at=at,
        due_at=at + DECIDED_WITHIN,
        state=CorrectionState.OPEN,
        decision_note="",
    )
    if made:
        _tell_admins(session, row, "correction_asked", but=actor.user_id)
    return row, made


def withdraw_correction(session: Session, actor: Actor, correction_id: UUID) -> Correction:
    """Take back a request of the actor's own; again changes nothing.

    Raises NotFoundError, IllegalStepError once it was decided.
    """
    row = _locked(session, Correction.id == correction_id, Correction.asked_by == actor.user_id)
    if row.state is not CorrectionState.WITHDRAWN:
        row.advance(CorrectionState.WITHDRAWN)
        row.decided_by, row.decided_at = actor.user_id, now()
    return row


def approve_correction(
    session: Session, actor: Actor, sealer: Sealer, correction_id: UUID, *, note: str
) -> Correction:
    """Put it right, say why, and tell who asked; the same again changes nothing.

    What OTHER asks for, the actor has put right where it stands, and says so in ``note``.

    Raises NotFoundError, OwnCorrectionError, IllegalStepError, and what ``people.correct`` raises.
    """
    row, resident = _to_decide(session, actor, correction_id)
    if _is_decided(row, actor, CorrectionState.DONE, note):
        return row
    former = resident.name
    correct(session, sealer, resident, row.field, opened_correction(sealer, row).value or "")
    if resident.name != former:
        identity.follow_name(session, resident, former)
    _decide(session, actor, row, CorrectionState.DONE, note)
    return row


def refuse_correction(session: Session, actor: Actor, correction_id: UUID, *, note: str) -> Correction:
    """Say no and why, and tell who asked; the same again changes nothing.

    Raises NotFoundError, OwnCorrectionError, IllegalStepError.
    """
    row, _ = _to_decide(session, actor, correction_id)
    if not _is_decided(row, actor, CorrectionState.REFUSED, note):
        _decide(session, actor, row, CorrectionState.REFUSED, note)
    return row


def own_corrections(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[Correction]:
    """List what the actor asked for, the newest first."""
    return _listed(session, Correction.asked_by == actor.user_id, after=after, limit=limit)


def corrections(
    session: Session,
    actor: Actor,
    *,
    state: CorrectionState | None = None,
    after: UUID | None,
    limit: int,
) -> list[Correction]:
    """List the requests of the actor's areas, the newest first, on request of one state."""
    which = actor.scope.clause(Correction.area_code)
    if state is not None:
        which &= Correction.state == state
    return _listed(session, which, after=after, limit=limit)


def correction_in_scope(session: Session, actor: Actor, correction_id: UUID) -> Correction:
    """Give one request of the actor's areas. Raises NotFoundError."""
    which = (Correction.id == correction_id, actor.scope.clause(Correction.area_code))
    found = session.scalars(select(Correction).where(*which)).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def open_correction(session: Session, actor: Actor, sealer: Sealer, row: Correction) -> Wanted:
    """Give a request with what it asks for in clear; a number counts among those that the actor sees today.

    Raises RevealLimitError.
    """
    wanted = opened_correction(sealer, row)
    field = _NUMBERS.get(row.field)
    if field is not None and wanted.value:
        resident = session.get_one(Resident, row.resident_id)
        identity.keep_look(session, actor, resident, field=field, purpose=f"{_LOOKED_FOR}{row.id}")
    return wanted


def opened_correction(sealer: Sealer, row: Correction) -> Wanted:
    """Give a request with what it asks for in clear."""
    wanted, said = row.wanted_sealed, row.said_sealed
    return Wanted(
        row=row,
        value=sealer.open(wanted, _cell(row.id, "wanted_sealed")) if wanted is not None else None,
        said=sealer.open(said, _cell(row.id, "said_sealed")) if said is not None else None,
    )


def remind_of_corrections(session: Session, *, limit: int) -> int:
    """Tell the admins, once, of requests whose time is nearly over; give of how many."""
    soon = session.scalars(
        select(Correction)
        .where(
            Correction.state == CorrectionState.OPEN,
            Correction.due_at <= now() + REMINDED_BEFORE,
            Correction.reminded_at.is_(None),
        )
        .order_by(Correction.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in soon:
        row.reminded_at = now()
        _tell_admins(session, row, "correction_due", but=row.asked_by)
    return len(soon)


def _to_decide(session: Session, actor: Actor, correction_id: UUID) -> tuple[Correction, Resident]:
    """Give a request of somebody else and the resident it is about, both locked."""
    row = _locked(session, Correction.id == correction_id, actor.scope.clause(Correction.area_code))
    resident = session.get_one(Resident, row.resident_id, with_for_update=True, populate_existing=True)
    if not actor.scope.covers(resident.area_code):
        raise NotFoundError
    own_home = actor.household_id is not None and actor.household_id == resident.household_id
    if own_home or row.asked_by == actor.user_id:
        raise OwnCorrectionError
    return row, resident


def _is_decided(row: Correction, actor: Actor, to: CorrectionState, note: str) -> bool:
    """Say whether this very decision was made before. Raises IllegalStepError if another one was."""
    if row.state is CorrectionState.OPEN:
        return False
    if (row.state, row.decided_by, row.decision_note) == (to, actor.user_id, note):
        return True
    raise IllegalStepError(now=row.state, asked=to)


def _decide(session: Session, actor: Actor, row: Correction, to: CorrectionState, note: str) -> None:
    row.advance(to)
    row.decided_by, row.decided_at, row.decision_note = actor.user_id, now(), note
    session.flush()
    _tell(session, row, row.asked_by, f"correction_{to}")


def _tell_admins(session: Session, row: Correction, what: str, *, but: UUID) -> None:
    for admin in sorted(identity.holders(session, row.area_code, {Role.COMMUNITY_ADMIN}) - {but}):
        _tell(session, row, admin, what)


def _tell(session: Session, row: Correction, to: UUID, what: str) -> None:
    notices.post(
        session, NoticeKind.OWN_DATA, to=to, area_code=row.area_code, what=what, correction_id=row.id
    )


def _locked(session: Session, *which: ColumnElement[bool]) -> Correction:
    row = session.scalars(
        select(Correction).where(*which).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def _listed(
    session: Session, which: ColumnElement[bool], *, after: UUID | None, limit: int
) -> list[Correction]:
    query = select(Correction).where(which).order_by(Correction.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Correction.id < after)
    return list(session.scalars(query))


def _cell(correction_id: UUID, column: str) -> Cell:
    return Cell("corrections", column, correction_id)
