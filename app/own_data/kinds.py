"""Kinds of rows in a copy: which rows of a table are somebody's, and which of their columns he gets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Column, ColumnElement, LargeBinary, Table, false, or_

from app.models import Base

TABLES = Base.metadata.tables


@dataclass(frozen=True)
class Whose:
    """Whose data is meant, by the ids under which rows name him."""

    user_id: UUID | None
    resident_id: UUID | None
    household_id: UUID | None
    is_minor: bool
    """The household's points are then not given: they are its adults'."""
    duplicates: frozenset[UUID] = frozenset()
    """Under which ids he was entered besides: the history and the ledger name these still."""


His = Callable[[Whose], ColumnElement[bool]]


@dataclass(frozen=True)
class Copied:
    """Rows of one table that are somebody's, under a name that he understands."""

    name: str
    title: str
    table: Table
    his: His
    without: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    """Where the rows tell of others as well: what they tell of him."""
    columns: tuple[Column[object], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Choose the columns; hashes are never given."""
        chosen = tuple(
            column
            for column in self.table.columns
            if column.name not in self.without
            and (self.only is None or column.name in self.only)
            and (column.info.get("sealed") or not isinstance(column.type, LargeBinary))
        )
        object.__setattr__(self, "columns", chosen)


def kind(
    name: str, title: str, his: His, *, of: str | None = None, without: str = "", only: str | None = None
) -> Copied:
    """Declare one kind: all columns but those ``without``, or ``only`` these, of the table of its name."""
    chosen = frozenset(only.split()) if only is not None else None
    return Copied(name, title, TABLES[of or name], his, frozenset(without.split()), chosen)


def of_user(table: str, *columns: str) -> His:
    """Give the rows that name his account in one of these columns."""
    return lambda whose: or_(false(), *(_names(table, name, whose.user_id) for name in columns))


def of_resident(table: str, *columns: str) -> His:
    """Give the rows that name him as he stands on the roster."""
    return lambda whose: or_(
        false(),
        *(_names(table, name, one) for name in columns for one in (whose.resident_id, *whose.duplicates)),
    )


def of_household(table: str, column: str) -> His:
    """Give the rows of the household that he belongs to."""
    return lambda whose: _names(table, column, whose.household_id)


def of_grown_household(table: str, column: str) -> His:
    """Give the rows of his household, unless he is a minor."""
    return lambda whose: false() if whose.is_minor else _names(table, column, whose.household_id)


def _names(table: str, column: str, wanted: UUID | None) -> ColumnElement[bool]:
    return TABLES[table].c[column] == wanted if wanted is not None else false()
