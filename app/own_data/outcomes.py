"""What doing a removal again works with, and what it comes to."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Column, CursorResult, select
from sqlalchemy.orm import Session

from app.adapters import PhotoStore
from app.models import Resident, User
from app.own_data.kinds import TABLES
from app.sealing import Sealer


class Outcome(StrEnum):
    """What became of one removal."""

    DONE = "done again"
    NOTHING = "nothing left to do"
    BY_HAND = "for people to put right"


@dataclass(frozen=True)
class Tools:
    """What removing works with."""

    sealer: Sealer
    photos: PhotoStore


def there(session: Session, model: type[User] | type[Resident], row_id: str | None) -> UUID | None:
    """Give an id if the backup has its row."""
    if row_id is None:
        return None
    table = TABLES[model.__tablename__]
    key: Column[UUID] = table.c.id
    return session.execute(select(key).where(key == UUID(row_id))).scalar_one_or_none()


def outcome_of(result: object) -> Outcome:
    """Say by how many rows a statement changed whether there was anything to do."""
    assert isinstance(result, CursorResult)
    return Outcome.DONE if result.rowcount else Outcome.NOTHING
