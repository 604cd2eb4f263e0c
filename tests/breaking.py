"""Damage to sealed values in the database, as a bad disk or a lost key does it."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.sealing import UNREADABLE

__all__ = ["UNREADABLE", "break_sealed", "lose_key"]
_NAME_AT = 3
"""Where the name of its key begins in a sealed value."""


def break_sealed(session: Session, table: str, *columns: str) -> None:
    """Flip the last byte of these values in every row."""
    for column in columns:
        last = f"set_byte({column}, length({column}) - 1, get_byte({column}, length({column}) - 1) # 1)"
        _change(session, table, column, last)


def lose_key(session: Session, table: str, *columns: str) -> None:
    """Let these values in every row name a key that nobody has."""
    for column in columns:
        _change(session, table, column, f"set_byte({column}, {_NAME_AT}, ascii('?'))")


def _change(session: Session, table: str, column: str, to: str) -> None:
    statement = f"UPDATE {table} SET {column} = {to} WHERE {column} IS NOT NULL"  # noqa: S608 - our own words
    session.execute(text(statement))
    session.commit()
    session.expire_all()
