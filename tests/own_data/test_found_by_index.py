"""What is asked about one person is found by an index: such tables grow with all the others' rows."""

from collections.abc import Iterator
from uuid import uuid4

from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, Uuid
from sqlalchemy.sql import visitors

from app.models import Closing
from app.own_data.copied import AT_WORK, COPIED
from app.own_data.erasing import rules_for
from app.own_data.kinds import TABLES, Whose

WITHOUT = {
    "claim_events.actor_id": "looked at in the steps of his claims, which have an index",
    "hazard_events.actor_id": "looked at in the steps of his hazards, which have an index",
    "claims.submitted_by": "asked for together with the household, which has an index",
    "transfers.resident_id": "one index more would cost every posting",
}


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
