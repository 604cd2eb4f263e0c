"""Frozen rows: what the law keeps of somebody who left, out of everybody's sight but the auditor's.

PIPL, art. 47: where a law demands that something be kept longer, nothing is done with it but to keep it.
Every question of the ORM passes over frozen rows, unless it says that it means them: so a new listing needs
no thought.
"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import ForeignKey, Select, event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

FROZEN_TOO = "frozen_too"
"""Execution option of a question that means frozen rows as well."""
_TABLES: set[str] = set()


class Freezable:
    """A row that can be frozen when the account it belongs to is closed."""

    frozen_by: Mapped[UUID | None] = mapped_column(ForeignKey("closings.id"), index=True)
    """The closing that froze it."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Note the table."""
        _TABLES.add(cls.__dict__["__tablename__"])
        super().__init_subclass__(**kwargs)


_IN_SIGHT = with_loader_criteria(Freezable, lambda row: row.frozen_by.is_(None), include_aliases=True)
_OPTIONS_AND_MORE = attrgetter("_with_options", "_independent_ctes", "_from_obj")
_PARTS = attrgetter(
    "_raw_columns", "_where_criteria", "_order_by_clauses", "_group_by_clauses", "_having_criteria"
)
_INNER: dict[str, Callable[[Any], Iterable[Any]]] = {
    "binary": attrgetter("left", "right"),
    "clauselist": attrgetter("clauses"),
    "expression_clauselist": attrgetter("clauses"),
    "function": attrgetter("clauses"),
    "unary": lambda node: (node.element,),
    "grouping": lambda node: (node.element,),
    "label": lambda node: (node.element,),
}
_CONSTANT = frozenset({"bindparam", "null", "true", "false"})


_FILTERED: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""Questions with the filter put on, or None where none is needed, by the questions as they were asked.

One that a module built is looked at once, and stays the same object, whose key for the statement cache is
known from then on; any other is forgotten with its request.
"""


@event.listens_for(Session, "do_orm_execute")
def _pass_over(state: ORMExecuteState) -> None:
    if not state.is_select or state.is_column_load or state.execution_options.get(FROZEN_TOO, False):
        return
    asked = state.statement
    if asked not in _FILTERED:
        _FILTERED[asked] = None if asks_elsewhere(asked) else asked.options(_IN_SIGHT)
    filtered = _FILTERED[asked]
    if filtered is not None:
        state.statement = filtered


def asks_elsewhere(statement: Any) -> bool:
    """Say that a question surely touches no table with frozen rows; of an unusual one it is never sure.

    It spares most questions the filter: each costs some 17 µs of CPU instead of 35. A part it does not
    know, such as a question within the question, means that the filter is put on. The library's public
    walk (``visitors.iterate``) finds the same for 140 to 190 µs beside 10 to 17 here (November 2026), more
    than the filter costs: hence the names with an underscore, whose loss would fail at once.
    """
    if type(statement) is not Select or any(_OPTIONS_AND_MORE(statement)):
        return False
    left = [node for part in _PARTS(statement) for node in part]
    for target, on, *_ in statement._setup_joins:  # noqa: SLF001 - there is no cheap way to ask it
        left += (target, on)
    while left:
        node = left.pop()
        kind = getattr(node, "__visit_name__", None)
        if kind == "column":
            node = node.table
            kind = getattr(node, "__visit_name__", None)
        if kind == "table":
            if node.name in _TABLES:
                return False
        elif kind in _INNER:
            left += _INNER[kind](node)
        elif kind not in _CONSTANT:
            return False
    return True
