"""Sending a workbook, letting it be entered, and giving it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.actors import COMMUNITY_DIGITS, Actor
from app.adapters import PhotoStore, check_workbook
from app.clock import now
from app.errors import DomainError, Kind, NotFoundError, OtherContentError
from app.models import (
    Area,
    ImportRow,
    ImportRowState,
    ImportSheet,
    ImportState,
    RosterImport,
)
from app.once import content_hash, insert_once, made_before
from app.places import AreaUnknownError
from app.sealed_files import FileKey, SealingSink
from app.sealing import Cell, Sealer

LIFE = timedelta(hours=72)
"""How long what was found is there to be looked at and entered, and afterwards what became of it."""
_ENTERED_UNASKED = (ImportRowState.NEW, ImportRowState.CHANGED)
_ENTERED = (*_ENTERED_UNASKED, ImportRowState.DOUBTFUL, ImportRowState.RETURNED)


class ImportOpenError(DomainError):
    """The actor sent a workbook before that is being checked, entered, or waits for him."""

    code = "import_open"
    kind = Kind.CONFLICT


class ImportRowsError(DomainError):
    """Rows were chosen that are not there or cannot be entered (data: ``count``)."""

    code = "import_rows"
    kind = Kind.INVALID


@dataclass(frozen=True)
class Chosen:
    """Rows of a sheet, as the spreadsheet numbers them."""

    sheet: ImportSheet
    rows: Sequence[int]


def send_workbook(
    session: Session,
    actor: Actor,
    sealer: Sealer,
    photos: PhotoStore,
    import_id: UUID,
    *,
    area_code: str,
    data: bytes,
) -> tuple[RosterImport, bool]:
    """Take a workbook for a community; a job checks it, and enters nothing.

    The same again is the first one. A person has one open at a time: what lies there holds people's data.

    Raises NotFoundError (the area is outside the actor's), AreaUnknownError (it is no community),
    WorkbookUnreadableError, WorkbookTooLargeError, WorkbookActiveError, ImportOpenError, OtherContentError.
    """
    assert actor.user_id is not None, "who sends it is signed in"
    sent = content_hash(actor.user_id, area_code, sealer.fingerprint(data).hex())
    first = made_before(
        session, RosterImport, import_id, sent, author=RosterImport.asked_by, by=actor.user_id
    )
    if first is not None:
        return first, False
    if not actor.scope.covers(area_code):
        raise NotFoundError(field="area_code")
    if len(area_code) != COMMUNITY_DIGITS or session.get(Area, area_code) is None:
        raise AreaUnknownError(field="area_code")
    check_workbook(data)
    at, key = now(), FileKey.new(import_id, sealer.suite)
    row, made = insert_once(
        session,
        RosterImport,
        import_id,
        sent,
        taken=ImportOpenError(),
        area_code=area_code,
        asked_by=actor.user_id,
        asked_at=at,
        try_at=at,
        expires_at=at + LIFE,
        key_sealed=sealer.seal(str(key), key_cell(import_id)),
    )
    if made:
        with photos.imports.writer(import_id) as file:
            sink = SealingSink(file, key)
            sink.write(data)
            sink.close()
    return row, made


def import_of(session: Session, actor: Actor, import_id: UUID, *, locked: bool = False) -> RosterImport:
    """Give an import that the actor sent, in a community of his. Raises NotFoundError."""
    query = select(RosterImport).where(
        RosterImport.id == import_id,
        RosterImport.asked_by == actor.user_id,
        actor.scope.clause(RosterImport.area_code),
    )
    if locked:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def apply_import(
    session: Session, actor: Actor, import_id: UUID, step_id: UUID, *, chosen: Sequence[Chosen] | None
) -> RosterImport:
    """Let a job enter rows: all that are new or changed, or those that are chosen, once.

    What is doubtful, and who is back, is entered only where it is chosen. Again changes nothing.

    Raises NotFoundError, IllegalStepError, OtherContentError, ImportRowsError.
    """
    row = import_of(session, actor, import_id, locked=True)
    plain = None if chosen is None else [[one.sheet, sorted(set(one.rows))] for one in chosen]
    sent = content_hash("apply", actor.user_id, import_id, plain)
    if row.step_id == step_id:
        if row.step_hash != sent:
            raise OtherContentError(id=step_id)
        return row
    row.advance(ImportState.APPLYING)
    query = update(ImportRow).where(ImportRow.import_id == row.id, ImportRow.outcome.is_(None))
    if chosen is None:
        query = query.where(ImportRow.state.in_(_ENTERED_UNASKED))
    else:
        _check_chosen(session, row.id, chosen)
        which = [ImportRow.row_number.in_(one.rows) & (ImportRow.sheet == one.sheet) for one in chosen]
        query = query.where(ImportRow.state.in_(_ENTERED), or_(*which))
    session.execute(query.values(chosen=True).execution_options(synchronize_session=False))
    count = select(func.count()).where(ImportRow.import_id == row.id, ImportRow.chosen)
    row.rows_total, row.rows_done = session.scalar(count) or 0, 0
    row.tries, row.try_at = 0, now()
    row.step_id, row.step_hash = step_id, sent
    return row


def _check_chosen(session: Session, import_id: UUID, chosen: Sequence[Chosen]) -> None:
    """Refuse rows that are not there or faulty; who chooses what is the same already does no harm."""
    wanted = {(one.sheet, number) for one in chosen for number in one.rows}
    where = tuple_(ImportRow.sheet, ImportRow.row_number)
    query = select(ImportRow.sheet, ImportRow.row_number).where(
        ImportRow.import_id == import_id,
        ImportRow.state != ImportRowState.FAULTY,
        where.in_(sorted(wanted)),
    )
    strange = len(wanted) - len(session.execute(query).all())
    if strange or not wanted:
        raise ImportRowsError(field="chosen", count=strange)


def cancel_import(session: Session, actor: Actor, photos: PhotoStore, import_id: UUID) -> RosterImport:
    """Give an import up: its file and what was found go at once. The same again changes nothing.

    Raises NotFoundError, IllegalStepError once it is entered.
    """
    row = import_of(session, actor, import_id, locked=True)
    if row.state is not ImportState.CANCELLED:
        row.advance(ImportState.CANCELLED)
        clear(session, photos, row)
    return row


def clear(session: Session, photos: PhotoStore, row: RosterImport) -> None:
    """Delete the file and the rows of an import that is over; that there was one stays."""
    row.key_sealed, row.ended_at = None, now()
    session.execute(delete(ImportRow).where(ImportRow.import_id == row.id))
    photos.imports.delete(row.id)


def end_imports(session: Session, photos: PhotoStore, *, limit: int) -> int:
    """Delete what is left of imports that failed, or whose time is over; give of how many."""
    over = or_(RosterImport.expires_at <= now(), RosterImport.state == ImportState.FAILED)
    rows = session.scalars(
        select(RosterImport)
        .where(RosterImport.ended_at.is_(None), RosterImport.state != ImportState.APPLYING, over)
        .order_by(RosterImport.id)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        if row.state in {ImportState.WAITING, ImportState.CHECKED}:
            row.advance(ImportState.OVER)
        clear(session, photos, row)
    return len(rows)


def locked(session: Session, import_id: UUID) -> RosterImport:
    """Give an import as it is now, locked, for the job that is at it."""
    how = {"key_share": True}
    return session.get_one(RosterImport, import_id, with_for_update=how, populate_existing=True)


def key_cell(import_id: UUID) -> Cell:
    """Give the place that the key of a file is sealed for."""
    return Cell("roster_imports", "key_sealed", import_id)
