"""A copy holds every personal column of the data map, or says why not."""

from typing import Any

from sqlalchemy import LargeBinary

from app.models import Base
from app.own_data import COPIED, LEFT_OUT
from dev.data_map import entries


def _personal() -> set[tuple[str, str]]:
    return {
        (one["table"], name)
        for one in entries()
        if one["category"] != "nobody's"
        for name in one["columns"].split()
    }


def _is_hash(table: str, name: str) -> bool:
    column: Any = Base.metadata.tables[table].c[name]
    return isinstance(column.type, LargeBinary) and not column.info.get("sealed")


def test_every_personal_column_is_given_or_withheld_for_a_reason() -> None:
    """S-76: a new personal column fails here until somebody says whether people get it."""
    given = {(copied.table.name, column.name) for copied in COPIED for column in copied.columns}
    forgotten = [
        f"{table}.{name}"
        for table, name in sorted(_personal() - given)
        if not _is_hash(table, name) and not {table, f"{table}.{name}"} & set(LEFT_OUT)
    ]

    assert len(given & _personal()) > 100
    assert forgotten == []


def test_what_is_withheld_is_there_and_is_given_nowhere() -> None:
    """S-76: the list of what people do not get says the truth."""
    given = {f"{copied.table.name}.{column.name}" for copied in COPIED for column in copied.columns}
    tables = {copied.table.name for copied in COPIED}
    columns = {f"{table}.{name}" for table, name in _personal()}

    whole = {
        "harm_cases",
        "import_rows",
        "photo_matches",
        "removals",
        "sign_in_tries",
        "told_openings",
        "wechat_events",
    }
    assert set(LEFT_OUT) - columns == whole
    assert set(LEFT_OUT) & (given | tables) == set()


def test_kinds_have_names_of_their_own() -> None:
    names = [copied.name for copied in COPIED]

    assert len(names) == len(set(names))
    assert all(copied.title for copied in COPIED)
