"""The year under construction: what has been told so far, and what is still to be posted and drawn."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app.cli.seed.hours import Hours
from app.cli.seed.ids import id_at
from app.cli.seed.rows import Row, Rows
from app.cli.seed.world import SeedResident, World
from app.models import Notice, NoticeKind, PhotoLink, PhotoOwner
from app.points import Posting

_NEVER_ARRIVED = 0.12
"""Share of named photos whose phone has not sent them yet."""
INBOX_DAYS, READ = 30, 0.8


@dataclass(frozen=True)
class WantedPicture:
    """A photo that a record names and that has arrived: it is to be drawn and kept."""

    id: UUID
    caption: str
    by: UUID | None
    at: datetime
    copied_from: UUID | None = None
    """The photo whose bytes are sent once more."""
    mirrored: bool = False
    virus: str = ""
    """What a scanner calls that which it found in it."""
    is_signature: bool = False


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
    takers: dict[UUID, UUID | None] = field(default_factory=dict)
    """Who took each photo."""
    posted: list[tuple[datetime, Row]] = field(default_factory=list)
    """Claims whose points are to be posted, and when."""
    postings: list[Posting] = field(default_factory=list)
    """Transfers to be made through the ledger, in the order of time."""
    holds: list[tuple[UUID, int]] = field(default_factory=list)
    """Accounts, and points held in them for orders that wait at the counter."""
    _chance_of_inboxes: Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance_of_inboxes = self.rng("inboxes")

    @property
    def until(self) -> datetime:
        """Give the moment at which the history ends."""
        return self.hours.until

    def rng(self, part: str) -> Random:
        """Give the chance of one part of the story: what one part draws changes no other."""
        return Random(f"{self.seed} {part}")

    def notify(
        self, kind: NoticeKind, to: UUID | None, area_code: str, at: datetime, **about: object
    ) -> None:
        """Put a notice into an inbox, as the product does; only those of the last weeks are kept."""
        if to is None or self.days_ago(at) > INBOX_DAYS:
            return
        rng = self._chance_of_inboxes
        read_at = at + timedelta(hours=rng.uniform(0.1, 30))
        self.rows.add(
            Notice,
            id=id_at(rng, at),
            area_code=area_code,
            user_id=to,
            kind=kind,
            data={name: _plain(value) for name, value in about.items()},
            created_at=at,
            read_at=read_at if read_at < self.until and rng.random() < READ else None,
        )

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
                named_by=self.takers[photo_id],
            )

    def take_photos(
        self, rng: Random, number: int, *, caption: str, by: UUID | None, at: datetime, **how: Any
    ) -> list[UUID]:
        """Take photos of something; most have arrived, and are to be drawn."""
        taken = [id_at(rng, at) for _ in range(number)]
        for place, photo_id in enumerate(taken):
            self.takers[photo_id] = by
            if place == 0 or rng.random() > _NEVER_ARRIVED:
                self.pictures.append(WantedPicture(photo_id, caption, by, at, **how))
        return taken


def _plain(value: object) -> object:
    """Give what a notice says of something as the product keeps it."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, int) else str(value)
