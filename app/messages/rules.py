"""A notice that is to be told now, and what it asks of the tables to know whether it is settled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.actors import community_of
from app.clock import business_day
from app.models import Absence, Base, Notice
from app.once import of_community

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True)
class Told:
    """A notice that is to be told now."""

    session: Session
    notice: Notice

    @property
    def user_id(self) -> UUID:
        """Give whom it went to."""
        return self.notice.user_id

    def row(self, table: type[Row], name: str) -> Row | None:
        """Give what it names by such an id."""
        named = self.notice.data.get(name)
        return self.session.get(table, UUID(named)) if named else None

    def any(self, *which: ColumnElement[bool]) -> ColumnElement[bool]:
        """Say in SQL that there is such a row: of all notices it is asked at once."""
        return exists().where(*which)

    def here(self, area_code: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        """Say in SQL that something is of the notice's community."""
        return of_community(area_code, community_of(self.notice.area_code))

    def may_see_to(self, holder_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Say in SQL that something is his whom it went to, or may be: its holder is away."""
        return or_(holder_id == self.user_id, _is_away(holder_id))


Answer = bool | ColumnElement[bool]
Rule = Callable[[Told], Answer]
"""Says, be it in SQL, whether there is something left of what a notice tells of."""


def is_news(_: Told) -> bool:
    """Say so of what only tells, or cannot be known to be settled."""
    return True


def _is_away(user_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    today = business_day()
    return exists().where(
        Absence.worker_id == user_id,
        Absence.ended_at.is_(None),
        Absence.from_on <= today,
        Absence.until_on >= today,
    )
