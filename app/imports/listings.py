"""Reading imports: how far they are, and what was found in each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actors import Actor
from app.imports.asking import import_of
from app.imports.telling import Told, told
from app.models import ImportOutcome, ImportRow, ImportRowState, ImportSheet, RosterImport
from app.sealing import UNREADABLE, Showing


@dataclass(frozen=True)
class Count:
    """How many rows of a sheet would do the same, or did."""

    sheet: ImportSheet
    state: ImportRowState
    outcome: ImportOutcome | None
    rows: int


@dataclass(frozen=True)
class Counted:
    """An import, and how many rows it has of each kind."""

    row: RosterImport
    counts: Sequence[Count]


@dataclass(frozen=True)
class Shown:
    """A row, and what is told of it."""

    row: ImportRow
    told: Told

    @property
    def label(self) -> str:
        """Give whom or what the row is about, for whoever looks it up in the spreadsheet.

        Of one that does not open, that it does not.
        """
        if not self.told.is_readable:
            return UNREADABLE
        values = self.told.values
        return "，".join(str(values[name]) for name in LABEL if name in values)


def imports(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[Counted]:
    """List the imports that the actor sent, the newest first."""
    query = (
        select(RosterImport)
        .where(RosterImport.asked_by == actor.user_id, actor.scope.clause(RosterImport.area_code))
        .order_by(RosterImport.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(RosterImport.id < after)
    return counted(session, session.scalars(query).all())


def counted(session: Session, rows: Sequence[RosterImport]) -> list[Counted]:
    """Give imports with the counts of their rows, by one statement."""
    what = (ImportRow.import_id, ImportRow.sheet, ImportRow.state, ImportRow.outcome)
    query = select(*what, func.count()).where(ImportRow.import_id.in_([one.id for one in rows]))
    counts: dict[UUID, list[Count]] = {}
    for import_id, sheet, state, outcome, many in session.execute(query.group_by(*what)):
        counts.setdefault(import_id, []).append(Count(sheet, state, outcome, many))
    return [
        Counted(one, sorted(counts.get(one.id, ()), key=lambda count: (_ORDER[count.sheet], count.state)))
        for one in rows
    ]


LABEL = ("code", "name", "title", "place", "door")
"""The fields that tell rows apart, in the order in which they are said."""
_ORDER = {sheet: place for place, sheet in enumerate(ImportSheet)}


def import_rows(
    session: Session,
    actor: Actor,
    showing: Showing,
    import_id: UUID,
    *,
    sheet: ImportSheet | None = None,
    state: ImportRowState | None = None,
    outcome: ImportOutcome | None = None,
    after: UUID | None,
    limit: int,
) -> list[Shown]:
    """List rows of an import in the order of the workbook; one that does not open hides no other.

    Raises NotFoundError.
    """
    found = import_of(session, actor, import_id)
    query = select(ImportRow).where(ImportRow.import_id == found.id).order_by(ImportRow.id).limit(limit)
    for column, wanted in ((ImportRow.sheet, sheet), (ImportRow.state, state), (ImportRow.outcome, outcome)):
        if wanted is not None:
            query = query.where(column == wanted)
    if after is not None:
        query = query.where(ImportRow.id > after)
    return [Shown(row, told(showing, row)) for row in session.scalars(query)]
