"""How long personal data is kept, and taking it away when its time is over (PIPL, art. 19).

Where somebody was is kept for ninety days as evidence of a record; then only the grid and whether the
evidence held stay (``area_code``, ``presence`` and its reasons). Rules may run again, a batch at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, Table, exists, func, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Base

POSITIONS_KEPT = timedelta(days=90)
"""Raw positions (S-181 of docs/security-requirements.md, 国办函 of 2026 on government apps)."""


@dataclass(frozen=True)
class Rule:
    """One category: a table, what is taken from its rows, by which time they are judged, and why."""

    table: Table
    cleared: tuple[str, ...]
    """Columns that are emptied; the first says whether there is anything left to empty."""
    since: str
    kept: timedelta
    basis: str

    @property
    def name(self) -> str:
        """Name the rule as reports show it."""
        return f"{self.table.name}.{self.cleared[0]}"


def rules() -> Iterator[Rule]:
    """Give every rule; each table that keeps a position has one, so a new one needs no thought here."""
    for table in Base.metadata.sorted_tables:
        if "accuracy_m" in table.columns:
            cleared = ("lng", "lat", "accuracy_m", "datum")
            yield Rule(table, cleared, "received_at", POSITIONS_KEPT, "presence of a record: proven or not")
    photos = Base.metadata.tables["photos"]
    yield Rule(photos, ("gps_lng", "gps_lat"), "received_at", POSITIONS_KEPT, "presence: proven or not")


def overdue(session: Session, rule: Rule) -> int:
    """Count the rows whose time is over, without touching them."""
    return session.execute(select(func.count()).where(*_over(rule))).scalar_one()


def reduce(session: Session, rule: Rule, *, limit: int) -> int:
    """Take away what a rule no longer lets be kept, of up to ``limit`` rows; give of how many."""
    table = rule.table
    ids = select(table.c.id).where(*_over(rule)).limit(limit).with_for_update(skip_locked=True)
    emptied = dict.fromkeys(rule.cleared, None)
    result = session.execute(update(table).where(table.c.id.in_(ids.scalar_subquery())).values(emptied))
    assert isinstance(result, CursorResult)
    return result.rowcount


def forget_given_positions(session: Session, user_id: UUID) -> int:
    """Take away where somebody was when he reported or photographed something; give of how many rows.

    What staff record on duty does not rest on consent, so it keeps its ninety days.
    """
    tables = Base.metadata.tables
    hazards, photos, grants = tables["hazards"], tables["photos"], tables["grants"]
    on_duty = exists().where(grants.c.user_id == user_id, grants.c.ended_at.is_(None))
    emptied = 0
    for table, mine, cleared in (
        (hazards, hazards.c.reported_by == user_id, ("lng", "lat", "accuracy_m", "datum")),
        (photos, photos.c.uploaded_by == user_id, ("gps_lng", "gps_lat")),
    ):
        result = session.execute(
            update(table)
            .where(mine, table.c[cleared[0]].is_not(None), ~on_duty)
            .values(dict.fromkeys(cleared, None))
        )
        assert isinstance(result, CursorResult)
        emptied += result.rowcount
    return emptied


def _over(rule: Rule) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    table = rule.table
    return table.c[rule.cleared[0]].is_not(None), table.c[rule.since] < now() - rule.kept
