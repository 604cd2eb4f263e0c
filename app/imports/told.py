"""Telling whoever sent a workbook that it was checked, or entered, or that nothing will be."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import notices
from app.models import ImportOutcome, ImportRow, ImportRowState, NoticeKind, RosterImport

_WITHOUT_OUTCOME = "left_out"


def tell_checked(session: Session, row: RosterImport) -> None:
    """Say that the rows can be looked at, and how many would do what."""
    counted = select(ImportRow.state, func.count()).where(ImportRow.import_id == row.id)
    found = dict(session.execute(counted.group_by(ImportRow.state)).all())
    _tell(session, row, "checked", {state.value: found.get(state, 0) for state in ImportRowState})


def tell_applied(session: Session, row: RosterImport) -> None:
    """Say what became of the rows, of how many; also how many nobody chose, or were faulty."""
    counted = select(ImportRow.outcome, func.count()).where(ImportRow.import_id == row.id)
    found = dict(session.execute(counted.group_by(ImportRow.outcome)).all())
    counts = {one.value: found.get(one, 0) for one in ImportOutcome}
    _tell(session, row, "applied", counts | {_WITHOUT_OUTCOME: found.get(None, 0)})


def tell_failed(session: Session, row: RosterImport) -> None:
    """Say that nothing of it is entered; why is read with the import."""
    _tell(session, row, "failed", {})


def _tell(session: Session, row: RosterImport, what: str, counts: dict[str, int]) -> None:
    told: dict[str, object] = {"what": what, "import_id": row.id, **counts}
    notices.post(session, NoticeKind.ROSTER_IMPORT, to=row.asked_by, area_code=row.area_code, **told)
