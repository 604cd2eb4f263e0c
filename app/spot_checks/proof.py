"""A week's draw as a document, and drawing it again from that alone, without the database (S-179)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from app.actors import Actor
from app.clock import start_of
from app.errors import NotFoundError
from app.identity import Permission, scope_of
from app.models import SpotCheck, SpotCheckWeek
from app.spot_checks.lots import Candidate, commitment, draw


class ProofError(Exception):
    """What was given is no document of a draw; the text says why."""


@dataclass(frozen=True)
class ListedWeek:
    """A week's lot, and how many records lay in its urn."""

    week: SpotCheckWeek
    records: int


@dataclass(frozen=True)
class WholeWeek(ListedWeek):
    """The same with what was drawn; what lay in the urn is the row's ``candidates``."""

    drawn: list[UUID]


@dataclass(frozen=True)
class Redrawn:
    """What came of drawing again."""

    week_on: date
    records: int
    drawn: int
    seed_fits: bool
    """The seed has the hash that was told before."""
    committed_in_time: bool
    """The hash was there before the week began; not so in the week in which a community was founded."""
    missing: Collection[UUID]
    """By lot, but not drawn then."""
    added: Collection[UUID]
    """Drawn then, but not by lot."""

    @property
    def agrees(self) -> bool:
        """Say whether the draw was as it was committed to."""
        return self.seed_fits and not self.missing and not self.added


def weeks(session: Session, actor: Actor, *, after: UUID | None, limit: int) -> list[ListedWeek]:
    """List the weeks' lots, the newest first: a hash beforehand, the seed once it was drawn."""
    reach = scope_of(actor, Permission.SPOT_CHECK_DO)
    assert reach is not None, "the edge lets nobody else in"
    records = func.jsonb_array_length(SpotCheckWeek.candidates)
    query = (
        select(SpotCheckWeek, records)
        .options(defer(SpotCheckWeek.candidates, raiseload=True))
        .where(reach.clause(SpotCheckWeek.area_code))
        .order_by(SpotCheckWeek.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(SpotCheckWeek.id < after)
    return [ListedWeek(*row) for row in session.execute(query)]


def whole_week(session: Session, actor: Actor, week_id: UUID) -> WholeWeek:
    """Give a week with its urn, empty until it was drawn. Raises NotFoundError outside the actor's areas."""
    reach = scope_of(actor, Permission.SPOT_CHECK_DO)
    week = session.get(SpotCheckWeek, week_id)
    if week is None or reach is None or not reach.covers(week.area_code):
        raise NotFoundError
    query = select(SpotCheck.record_id).where(SpotCheck.week_id == week_id).order_by(SpotCheck.record_id)
    return WholeWeek(week, len(week.candidates), list(session.scalars(query)))


def draw_again(document: Any, *, noted_hash: str | None = None) -> Redrawn:
    """Draw again what a document of ``GET /v1/spot-check-weeks/<id>`` tells of.

    ``noted_hash`` is what somebody wrote down before the week; the document's own by default.

    Raises ProofError for another document, or a week that was not drawn yet.
    """
    try:
        seed, told_hash = document["seed"], noted_hash or document["seed_hash"]
        week_on = date.fromisoformat(document["week_on"])
        committed_at = datetime.fromisoformat(document["committed_at"])
        urn = [_candidate(entry) for entry in document["entries"]]
        then = {UUID(one) for one in document["drawn"]}
        in_time = committed_at < start_of(week_on)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ProofError("This is no document of GET /v1/spot-check-weeks/<id>.") from None
    if not isinstance(seed, str):
        raise ProofError("This week was not drawn yet: its seed is told with the draw.")
    now_drawn = {one.record_id for one in draw(seed, urn)}
    return Redrawn(
        week_on=week_on,
        records=len(urn),
        drawn=len(then),
        seed_fits=commitment(seed).hex() == told_hash,
        committed_in_time=in_time,
        missing=sorted(now_drawn - then),
        added=sorted(then - now_drawn),
    )


def _candidate(entry: Any) -> Candidate:
    weight, worker = entry["weight"], entry["worker"]
    if not (isinstance(weight, int) and weight > 0 and isinstance(worker, int)):
        raise ValueError
    return Candidate(UUID(entry["record_id"]), worker, weight, entry["due"] is True)
