"""Every column is in the data map: held for a purpose, or nobody's."""

from collections import Counter

from app.models import Base
from dev.data_map import entries

_TOLD = ("category", "purpose", "basis", "kept", "shown")


def _mapped() -> list[tuple[str, str]]:
    return [(one["table"], name) for one in entries() for name in one["columns"].split()]


def test_every_column_is_mapped_once_and_nothing_else_is() -> None:
    """S-83: a new column fails here until somebody says whose it is (app/models/data_map.csv)."""
    columns = {(table.name, column.name) for table in Base.metadata.sorted_tables for column in table.columns}
    mapped = Counter(_mapped())

    assert set(mapped) - columns == set(), "the map names what is gone"
    assert columns - set(mapped) == set(), "nobody said what these columns hold"
    assert [column for column, times in mapped.items() if times > 1] == []


def test_what_is_held_of_people_says_why_and_how_long() -> None:
    """S-83: category, purpose, basis, retention and mask of each."""
    silent = [
        (one["table"], name)
        for one in entries()
        if one["category"] != "nobody's"
        for name in _TOLD
        if not one[name]
    ]

    assert silent == []


def test_sealed_columns_are_somebodys() -> None:
    """S-83: what is sealed is personal, so it cannot be called nobody's."""
    nobodys = {
        (one["table"], name)
        for one in entries()
        if one["category"] == "nobody's"
        for name in one["columns"].split()
    }
    sealed = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.info.get("sealed")
    }

    assert len(sealed) > 10
    assert sealed & nobodys == set()
