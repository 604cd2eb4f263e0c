"""The year under construction: what has been told so far, and what is still to be posted and drawn."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from app.cli.seed.hours import Hours
from app.cli.seed.ids import id_at
from app.cli.seed.rows import Row, Rows
from app.cli.seed.world import SeedResident, World
from app.models import PhotoLink, PhotoOwner

_NEVER_ARRIVED = 0.12
"""Share of named photos whose phone has not sent them yet."""


@dataclass(frozen=True)
class WantedPicture:
    """A photo that a record names and that has arrived: it is to be drawn and kept."""

    id: UUID
    caption: str
    by: UUID | None
    at: datetime


@dataclass(frozen=True)
class Reward:
    """A resident's report that was accepted, which earns points."""

    hazard: Row
    resident: SeedResident
    accepted_by: UUID
    at: datetime


@dataclass
class History:
    """Everything told of the days from ``first`` to ``last``, which is yesterday."""

    seed: int
    first: date
    last: date
    hours: Hours
    world: World
    rows: Rows = field(default_factory=Rows)
    rewards: list[Reward] = field(default_factory=list)
    pictures: list[WantedPicture] = field(default_factory=list)
    posted: list[tuple[datetime, Row]] = field(default_factory=list)
    """Claims whose points are to be posted, and when."""

    @property
    def until(self) -> datetime:
        """Give the moment at which the history ends."""
        return self.hours.until

    def rng(self, part: str) -> Random:
        """Give the chance of one part of the story: what one part draws changes no other."""
        return Random(f"{self.seed} {part}")

    def days_ago(self, moment: datetime) -> float:
        """Give how long before the end of the history something happened, in days."""
        return (self.until - moment) / timedelta(days=1)

    def name_photos(self, kind: PhotoOwner, record_id: UUID, area_code: str, photo_ids: list[UUID]) -> None:
        """Let a record name photos, in this order."""
        for position, photo_id in enumerate(photo_ids):
            self.rows.add(
                PhotoLink,
                record_id=record_id,
                photo_id=photo_id,
                record_kind=kind,
                area_code=area_code,
                position=position,
            )

    def take_photos(
        self, rng: Random, number: int, *, caption: str, by: UUID | None, at: datetime
    ) -> list[UUID]:
        """Take photos of something; most have arrived, and are to be drawn."""
        taken = [id_at(rng, at) for _ in range(number)]
        for place, photo_id in enumerate(taken):
            if place == 0 or rng.random() > _NEVER_ARRIVED:
                self.pictures.append(WantedPicture(photo_id, caption, by, at))
        return taken
