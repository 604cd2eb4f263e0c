"""One side of the world of the matrix: HOME or FAR."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Base,
)
from tests import cast
from tests.cast import person


@dataclass(frozen=True)
class Side:
    """One side of the world, and a session to write with."""

    session: Session
    far: bool = False

    @property
    def community(self) -> str:
        """The community of this side."""
        return cast.FAR if self.far else cast.HOME

    @property
    def area(self) -> str:
        """Where things lie."""
        return cast.FAR if self.far else cast.GRID

    @property
    def place_id(self) -> UUID:
        """A residential building."""
        return cast.named("far_block" if self.far else "block")

    @property
    def household_id(self) -> UUID:
        """A household, that of ``resident``."""
        return cast.named("household far" if self.far else "household home")

    @property
    def resident_id(self) -> UUID:
        """Its head."""
        return cast.named("far_resident" if self.far else "resident")

    def user(self, name: str) -> UUID:
        """Give somebody of this side of the cast."""
        return person(f"far_{name}" if self.far else name).user_id

    def add(self, row: Base) -> None:
        """Write a row."""
        self.session.add(row)
        self.session.flush()


def captured() -> dict[str, Any]:
    """Give the columns of a record that was made just now."""
    at = now()
    return {"content_hash": b"", "captured_at": at, "received_at": at}
