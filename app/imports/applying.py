"""Entering rows, as the job does: a batch is one transaction, in which its rows are marked as entered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import ForbiddenError
from app.identity import at_work
from app.imports.asking import LIFE
from app.imports.checking import TRIES
from app.imports.findings import Finding, Found
from app.imports.kinds import WORKS, Work, may_enter
from app.imports.scene import Judged, Scene
from app.imports.telling import Became, Told, told
from app.imports.told import tell_applied
from app.models import ImportOutcome, ImportRow, ImportRowState, ImportState, RosterImport
from app.sealing import Sealer, UnreadableError

AT_ONCE = 1_000
_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True)
class Kept:
    """A row that is to be entered, and what was kept of it."""

    row: ImportRow
    told: Told


def apply_some(session: Session, sealer: Sealer, import_id: UUID) -> tuple[int, int]:
    """Enter the next rows of one sheet; give how many were looked at, and how many entered.

    Each is judged anew: what is not as it was shown is refused, and what is there by now stays as it is. Once
    none is left, the import is applied.
    """
    row = _applying(session, import_id)
    if row is None:
        return 0, 0
    query = (
        select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.chosen, ImportRow.outcome.is_(None))
        .order_by(ImportRow.id)
        .limit(AT_ONCE)
    )
    waiting = session.scalars(query).all()
    if not waiting:
        row.advance(ImportState.APPLIED)
        row.applied_at, row.expires_at = now(), now() + LIFE
        tell_applied(session, row)
        return 0, 0
    work = WORKS[waiting[0].sheet]
    kept = [Kept(one, told(sealer, one)) for one in waiting if one.sheet is waiting[0].sheet]
    actor = may_enter(at_work.actor_at_work(session, row.asked_by), work.kind, row.area_code)
    if actor is None:
        became = {one.row.id: Became.refused(ForbiddenError()) for one in kept}
    else:
        became = _entered(Scene(session, actor, sealer, row.area_code), work, kept)
    for one in kept:
        _mark(sealer, one, became[one.row.id])
    row.rows_done += len(kept)
    row.tries = 0
    return len(kept), sum(one.outcome is ImportOutcome.DONE for one in became.values())


def put_off(session: Session, sealer: Sealer, import_id: UUID) -> None:
    """Count a try that broke; after the last one, the rows that are left are refused."""
    row = _applying(session, import_id)
    if row is None:
        return
    row.tries, row.try_at = row.tries + 1, now() + _PAUSE
    if row.tries < TRIES:
        return
    query = select(ImportRow).where(
        ImportRow.import_id == import_id, ImportRow.chosen, ImportRow.outcome.is_(None)
    )
    broken = Became(ImportOutcome.REFUSED, Finding(Found.NOT_ENTERED).plain())
    for one in session.scalars(query).all():
        try:
            _mark(sealer, Kept(one, told(sealer, one)), broken)
        except UnreadableError:
            one.outcome = broken.outcome  # what it said stays closed: it must not keep the import open
        row.rows_done += 1


def _entered(scene: Scene, work: Work, kept: Sequence[Kept]) -> dict[UUID, Became]:
    """Enter those of some rows that are as they were shown; give what became of each."""
    judged = work.judge(scene, [one.told.row(work.kind, one.row.row_number) for one in kept])
    became: dict[UUID, Became] = {}
    ready: list[tuple[UUID, Judged]] = []
    for one, now_so in zip(kept, judged, strict=True):
        kept_out = _kept_out(one, now_so)
        if kept_out is None:
            ready.append((one.row.id, now_so))
        else:
            became[one.row.id] = kept_out
    return became | (work.enter(scene, ready) if ready else {})


def _kept_out(one: Kept, now_so: Judged) -> Became | None:
    """Say why a row is not entered, if it is another by now than it was shown."""
    if now_so.state is ImportRowState.SAME:
        return Became(ImportOutcome.UNCHANGED)
    if now_so.state is ImportRowState.FAULTY:
        fault = next(found for found in now_so.row.findings if not found.is_remark and not found.is_doubt)
        return Became(ImportOutcome.REFUSED, fault.plain())
    if now_so.state is one.row.state and tuple(now_so.changes) == one.told.changes:
        return None
    if (one.row.state, now_so.state) == (ImportRowState.DOUBTFUL, ImportRowState.NEW):
        return None
    return Became(ImportOutcome.REFUSED, Finding(Found.CHANGED_SINCE).plain())


def _mark(sealer: Sealer, one: Kept, became: Became) -> None:
    one.row.outcome = became.outcome
    one.row.content_sealed = replace(one.told, became=became).sealed(sealer, one.row.id)


def _applying(session: Session, import_id: UUID) -> RosterImport | None:
    """Give an import, locked, whose rows are being entered."""
    row = session.get_one(
        RosterImport, import_id, with_for_update={"key_share": True}, populate_existing=True
    )
    return row if row.state is ImportState.APPLYING else None
