"""Ids of the seed: the same for the same seed, and sorted by time where the product's are."""

from datetime import datetime
from random import Random
from uuid import UUID, uuid5

_SEED = UUID("676f6e67-6469-7000-8000-736565640000")


def named(kind: str, name: object) -> UUID:
    """Give the id of a thing that has a name of its own."""
    return uuid5(_SEED, f"{kind} {name}")


def id_at(rng: Random, moment: datetime) -> UUID:
    """Give a UUIDv7 made at a moment, its random part drawn from the seed."""
    milliseconds = int(moment.timestamp() * 1000)
    high = (milliseconds << 16) | (7 << 12) | rng.getrandbits(12)
    low = (0b10 << 62) | rng.getrandbits(62)
    return UUID(int=(high << 64) | low)
