"""What is asked about one person is found by an index: such tables grow with all the others' rows."""

import re
from collections.abc import Iterator
from uuid import uuid4

from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, Uuid, func, select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from app.models import Closing
from app.own_data.copied import AT_WORK, COPIED
from app.own_data.erasing import rules_for
from app.own_data.kinds import TABLES, Whose
from tests.cast import named, person
from tests.explaining import plan_of

WITHOUT = {
    "transfers.resident_id": "one index more would cost every posting",
}
AT_WORK_WITHOUT = {
    "transfers.by_id": "asked for of who held an office only; one index more would cost every posting",
}
SMALL = {
    "account_events",
    "approvals",
    "binding_codes",
    "binding_requests",
    "bindings",
    "corrections",
    "deletions",
    "grants",
    "hazard_exports",
    "guardianships",
    "invitations",
    "place_codes",
    "proxies",
    "reveals",
    "roster_exports",
    "roster_imports",
    "sign_in_codes",
    "viewing_tickets",
}
"""Tables that grow with people and places, or whose rows go: read from end to end in a few milliseconds."""


def _asked(which: ColumnElement[bool]) -> Iterator[Column[object]]:
    """Give the columns that must equal an id which is given."""
    for node in visitors.iterate(which):
        if node.__visit_name__ != "binary":
            continue
        left, right = getattr(node, "left", None), getattr(node, "right", None)
        if isinstance(left, Column) and getattr(right, "__visit_name__", "") == "bindparam":
            yield left


def _leading(table: Table) -> set[str]:
    """Give the columns by which an index of the table goes first."""
    found = [list(index.columns) for index in table.indexes] + [list(table.primary_key.columns)]
    found += [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    return {columns[0].name for columns in found if columns}


def test_rows_of_one_person_are_found_by_an_index() -> None:
    """A resident who asks what is held of him, or leaves, makes nobody read a table from end to end."""
    his = Whose(uuid4(), uuid4(), uuid4(), is_minor=False)
    closing = Closing(id=uuid4(), user_id=his.user_id, bound_to=his.resident_id)
    asked = [
        *(copied.his(his) for copied in COPIED if copied not in AT_WORK),
        *(rule.over for rule in rules_for(closing)),
        TABLES["photos"].c.uploaded_by == his.user_id,
        TABLES["redemptions"].c.made_by == his.user_id,
    ]
    columns = {column for which in asked for column in _asked(which) if isinstance(column.type, Uuid)}
    found = {f"{one.table.name}.{one.name}" for one in columns if one.name not in _leading(one.table)}

    assert len(columns) > 30
    assert found == WITHOUT.keys()


def test_what_somebody_did_at_work_is_found_by_an_index() -> None:
    """Whoever has an account asks for these kinds, too, and most of the rows are others'."""
    his = Whose(uuid4(), uuid4(), uuid4(), is_minor=False)
    columns = {
        column for copied in AT_WORK for column in _asked(copied.his(his)) if isinstance(column.type, Uuid)
    }
    of_big = {one for one in columns if one.table.name not in SMALL}
    found = {f"{one.table.name}.{one.name}" for one in of_big if one.name not in _leading(one.table)}

    assert {one.table.name for one in columns} >= SMALL
    assert found == AT_WORK_WITHOUT.keys()


def test_only_who_held_an_office_makes_anybody_read_all_transfers(session: Session) -> None:
    """Residents approve no points: for them the question ends before the table."""
    session.execute(text("SET LOCAL enable_seqscan = off"))
    (copied,) = (one for one in AT_WORK if one.table is TABLES["transfers"])
    his = Whose(person("resident").user_id, None, None, is_minor=False)
    query = select(func.count()).select_from(copied.table).where(copied.his(his))
    plan = plan_of(session, query, "ANALYZE, COSTS OFF")

    assert "One-Time Filter" in plan, plan
    assert re.search(r"Scan.* on transfers \(never executed\)", plan), plan


def test_photos_named_in_records_of_him_are_found_by_an_index(session: Session) -> None:
    """His own photos and those in records of him are two look-ups, not a look at every link."""
    session.execute(text("SET LOCAL enable_seqscan = off"))
    (copied,) = (one for one in COPIED if one.name == "photo_links")
    his = Whose(person("resident").user_id, named("resident"), named("household home"), is_minor=False)
    query = select(func.count()).select_from(copied.table).where(copied.his(his))
    plan = plan_of(session, query)

    assert "Seq Scan on photo_links" not in plan, plan
