"""Where somebody was: kept for ninety days as evidence of a record.

Then only the grid and whether the evidence held stay (``area_code``, ``presence`` and its reasons). Of what
tells of harm to a minor the position stays, also when the person takes his consent back: it may be where the
child is (Minor Protection Law, art. 11).
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, Table, exists, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Base, Challenge, DeviceMark, PhotoLink, WitnessCode, WitnessUse
from app.retention.harm_rules import belongs_to_a_case
from app.retention.rules import Rule, table_of

POSITIONS_KEPT = timedelta(days=90)
"""Raw positions (S-181 of docs/security-requirements.md, 国办函 of 2026 on government apps)."""
_OF_RECORDS = ("lng", "lat", "accuracy_m", "datum")
_OF_PHOTOS = ("gps_lng", "gps_lat")


def position_rules() -> Iterator[Rule]:
    """Give the rule of each table that keeps a position: a new one needs no thought here."""
    for table in Base.metadata.sorted_tables:
        columns = _OF_PHOTOS if table.name == "photos" else _OF_RECORDS
        if not set(columns) <= set(table.columns.keys()):
            continue
        yield Rule(
            f"positions of {table.name}",
            table,
            table.c[columns[0]].is_not(None)
            & (table.c.received_at < now() - POSITIONS_KEPT)
            & ~_of_harm(table),
            kept=f"{POSITIONS_KEPT.days} days; what tells of harm to a minor keeps it",
            basis="PIPL 6, 19; 国办函 of 2026 on government apps",
            emptied=dict.fromkeys(columns),
            stays="the grid, and whether the evidence held",
        )


def presence_rules() -> Iterator[Rule]:
    """Give the rules of what else tells where somebody was: whole rows, once a record needs them no more."""
    since, kept = now() - POSITIONS_KEPT, f"{POSITIONS_KEPT.days} days"
    for name, model, at in (
        ("challenges", Challenge, Challenge.issued_at),
        ("witness codes", WitnessCode, WitnessCode.shown_at),
        ("uses of witness codes", WitnessUse, WitnessUse.used_at),
        ("devices of records", DeviceMark, DeviceMark.received_at),
    ):
        yield Rule(name, table_of(model), at < since, kept, "PIPL 6, 19")


def forget_given_positions(session: Session, user_id: UUID) -> int:
    """Take away where somebody was when he reported or photographed something; give of how many rows.

    What staff record on duty does not rest on consent, so it keeps its ninety days, and what tells of harm to
    a minor keeps it for good.
    """
    tables = Base.metadata.tables
    hazards, photos, grants = tables["hazards"], tables["photos"], tables["grants"]
    on_duty = exists().where(grants.c.user_id == user_id, grants.c.ended_at.is_(None))
    emptied = 0
    for table, mine, cleared in (
        (hazards, hazards.c.reported_by == user_id, _OF_RECORDS),
        (photos, photos.c.uploaded_by == user_id, _OF_PHOTOS),
    ):
        result = session.execute(
            update(table)
            .where(mine, table.c[cleared[0]].is_not(None), ~on_duty, ~_of_harm(table))
            .values(dict.fromkeys(cleared))
        )
        assert isinstance(result, CursorResult)
        emptied += result.rowcount
    return emptied


def _of_harm(table: Table) -> ColumnElement[bool]:
    """Say which records tell of harm to a minor, or which photos such a record names."""
    if table.name != "photos":
        return belongs_to_a_case(table.c.id)
    links = table_of(PhotoLink)
    return exists().where(links.c.photo_id == table.c.id, belongs_to_a_case(links.c.record_id))
