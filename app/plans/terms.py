"""What a plan says, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import business_day
from app.errors import DomainError, Kind
from app.models import Area, OnDayOff, Place, PlaceKind, Plan, PlanFrequency
from app.plans.calendar import Rhythm, Window
from app.plans.roster import roster_of


class PlanWindowError(DomainError):
    """A period would still run when the next begins (data: ``most``, hours)."""

    code = "plan_window"
    kind = Kind.INVALID


class PlanPlacesError(DomainError):
    """Places that are not in the area, or of another kind than the checklist (data: ``count``)."""

    code = "plan_places"
    kind = Kind.INVALID


class PlanWorkerError(DomainError):
    """Somebody of the roster has no post over what he is to answer for."""

    code = "plan_worker"
    kind = Kind.INVALID


@dataclass(frozen=True)
class Post:
    """Who is responsible for one place, or for all of a grid or community."""

    worker_id: UUID
    place_id: UUID | None = None
    area_code: str | None = None

    def plain(self) -> dict[str, Any]:
        """Give it as the plan keeps it."""
        return {name: value and str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Terms:
    """Everything of a plan that may be changed."""

    title: str
    frequency: PlanFrequency
    opens: time
    due_after_min: int
    missed_after_min: int
    on_day_off: OnDayOff
    starts_on: date
    ends_on: date | None = None
    every_days: int | None = None
    anchor_on: date | None = None
    days: Sequence[int] = ()
    place_ids: Sequence[UUID] = ()
    roster: Sequence[Post] = ()
    paused: bool = False

    @property
    def rhythm(self) -> Rhythm:
        """Give how often it asks."""
        return Rhythm(
            self.frequency,
            self.every_days,
            self.anchor_on,
            tuple(self.days),
            self.on_day_off,
            self.starts_on,
            self.ends_on,
        )

    @property
    def window(self) -> Window:
        """Give when it counts."""
        return Window(self.opens, self.due_after_min, self.missed_after_min)

    def columns(self) -> dict[str, Any]:
        """Give it as the plan keeps it."""
        kept = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return kept | {
            "days": sorted(set(self.days)),
            "place_ids": sorted({str(place_id) for place_id in self.place_ids}),
            "roster": [post.plain() for post in self.roster],
        }


def terms_of(plan: Plan) -> Terms:
    """Give what a plan says."""
    kept = {name: getattr(plan, name) for name in Terms.__dataclass_fields__}
    posts = [
        Post(UUID(one["worker_id"]), one["place_id"] and UUID(one["place_id"]), one["area_code"])
        for one in plan.roster
    ]
    places = [UUID(place_id) for place_id in plan.place_ids]
    return Terms(**kept | {"roster": posts, "place_ids": places})


def check(session: Session, area_code: str, kind: PlaceKind, terms: Terms) -> None:
    """Refuse terms that cannot be met.

    Raises PlanWindowError, PlanPlacesError, PlanWorkerError.
    """
    if not terms.window.fits(terms.rhythm):
        raise PlanWindowError(field="missed_after_min", most=terms.rhythm.least_gap_days() * 24)
    wanted = {*terms.place_ids, *(post.place_id for post in terms.roster if post.place_id)}
    query = select(Place.id, Place.area_code).where(
        Place.id.in_(wanted), Place.kind == kind, Place.area_code.startswith(area_code)
    )
    areas = dict(session.execute(query).all())
    if strange := wanted - areas.keys():
        raise PlanPlacesError(field="place_ids", count=len(strange))
    _check_roster(session, area_code, terms.roster, areas)


def _check_roster(
    session: Session, area_code: str, posts: Sequence[Post], places: Mapping[UUID, str]
) -> None:
    """Refuse areas outside the plan's, and workers without a post there: two queries for all."""
    named = {post.area_code for post in posts if post.area_code}
    known = set(session.scalars(select(Area.code).where(Area.code.in_(named))))
    able = roster_of(session, area_code, since=business_day())
    for post in posts:
        over = places[post.place_id] if post.place_id else post.area_code
        assert over, "the edge asks for one of them"
        if not over.startswith(area_code) or (post.area_code and over not in known):
            raise PlanPlacesError(field="roster", count=1)
        if post.worker_id not in able.over(over):
            raise PlanWorkerError(field="roster")
