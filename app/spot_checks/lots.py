"""Drawing by lot: from one seed always the same records, which nobody knows without it."""

import hmac
import math
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

SHARE, MOST = 0.05, 20
"""Of a week's records so many are looked at again: one at least, twenty at most, besides whoever is due.

Weeks that are drawn already were drawn by these: another share would have to be kept with each week.
"""


@dataclass(frozen=True)
class Candidate:
    """A record in the urn; one of twice the weight is drawn about twice as often."""

    record_id: UUID
    worker: int
    """A number for whoever made it, in this urn alone."""
    weight: int
    due: bool = False
    """Of its worker one at least is drawn."""


def draw(seed: str, candidates: Collection[Candidate]) -> list[Candidate]:
    """Draw a share of the records, and of each worker who is due one at least."""
    ordered = sorted(candidates, key=lambda one: (_ticket(seed, one), one.record_id))
    drawn = ordered[: min(math.ceil(len(ordered) * SHARE), MOST)]
    seen = {one.worker for one in drawn}
    for one in ordered:
        if one.due and one.worker not in seen:
            seen.add(one.worker)
            drawn.append(one)
    return drawn


def commitment(seed: str) -> bytes:
    """Give the hash by which a seed is committed to before its week begins."""
    return sha256(seed.encode()).digest()


def _ticket(seed: str, one: Candidate) -> float:
    """Give the place in the draw: the smaller the sooner (Efraimidis and Spirakis, weighted sampling)."""
    digest = hmac.new(seed.encode(), one.record_id.bytes, sha256).digest()
    chance = (int.from_bytes(digest[:7]) + 1) / 2**56
    return -math.log(chance) / one.weight
