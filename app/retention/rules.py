"""A rule of retention, and applying it: a batch at a time, as often as one likes."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Table, delete, func, select, update
from sqlalchemy.orm import DeclarativeBase, Session

from app.models import FROZEN_TOO


def table_of(model: type[DeclarativeBase]) -> Table:
    """Give the table of a model."""
    table = model.__table__
    assert isinstance(table, Table), "none of ours is a join"
    return table


@dataclass(frozen=True)
class Rule:
    """One category: which rows, when their time is over, what is done with them, and why just then."""

    name: str
    table: Table
    over: ColumnElement[bool]
    """The rows whose time is over and that have something left to take away; of the moment it was made."""
    kept: str
    """The time in words."""
    basis: str
    emptied: Mapping[str, object] | None = None
    """Columns and what they become; None: the whole row goes."""
    stays: str = ""
    """What is left of it afterwards."""
    beside: tuple[Column[object], ...] = ()
    """Columns of other tables that name the row: theirs go with it."""

    @property
    def is_deletion(self) -> bool:
        """Say whether rows go, rather than what stands in them."""
        return self.emptied is None


def overdue(session: Session, rule: Rule) -> int:
    """Count the rows whose time is over, without touching them."""
    query = select(func.count()).select_from(rule.table).where(rule.over)
    return session.execute(query, execution_options={FROZEN_TOO: True}).scalar_one()


def apply(session: Session, rule: Rule, *, limit: int) -> int:
    """Take away what a rule no longer lets be kept, of up to ``limit`` rows; give of how many.

    Rows that somebody is at are left for the next time; frozen ones go like others.
    """
    (key,) = rule.table.primary_key.columns
    query = select(key).where(rule.over).limit(limit).with_for_update(skip_locked=True, of=rule.table)
    found = session.scalars(query, execution_options={FROZEN_TOO: True}).all()
    if not found:
        return 0
    for column in rule.beside:
        session.execute(delete(column.table).where(column.in_(found)))
    if rule.emptied is None:
        session.execute(delete(rule.table).where(key.in_(found)))
    else:
        session.execute(update(rule.table).where(key.in_(found)).values(dict(rule.emptied)))
    return len(found)
