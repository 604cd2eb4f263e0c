"""A step taken beside somebody who holds a row, and goes on to what the step takes as well.

Where the step took that row first, each waits for the other, and the database breaks one of them off.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.actors import Actor, Scope
from app.people import user_locked
from tests.cast import HOME, acting
from tests.races.together import Step, one_inside_the_other


def staff(name: str, area_code: str = HOME) -> Actor:
    """Give one of the staff with the reach that he has."""
    return replace(acting(name), scope=Scope(areas=(area_code,)))


def holding(user_id: UUID) -> Step:
    """Begin as whoever shuts an account, or ends its binding, does."""
    return lambda session: user_locked(session, user_id)


def taking(table: Any, which: Any) -> Step:
    """Go on to rows, as whoever changes them does."""
    return lambda session: session.execute(select(table.id).where(which).with_for_update())


def taking_one(table: Any, row_id: UUID) -> Step:
    """Go on to one row."""
    return taking(table, table.id == row_id)


def beside(engine: Engine, begin: Step, step: Step, go_on: Step) -> Any:
    """Give what a step gives that is taken beside somebody else, and undone then."""

    def undone(session: Session) -> Any:
        gave = step(session)
        session.flush()
        session.rollback()
        return gave

    return one_inside_the_other(engine, begin, undone, then=go_on)[1]
