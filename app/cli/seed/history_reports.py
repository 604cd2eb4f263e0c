"""Hazards reported by hand: by residents, by visitors who scanned a code, by staff on their way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from app.actors import Role
from app.cli.seed.hazard_walk import PHOTOGRAPHED_DAYS, Walk
from app.cli.seed.history import History, Reward
from app.cli.seed.history_hazards import Hazards
from app.cli.seed.ids import id_at
from app.cli.seed.phone import clocks, scanned_at, seen_from
from app.cli.seed.phrases import Report, reports
from app.cli.seed.site import BIG_SITE, SITES, SMALL_SITE, Site
from app.cli.seed.world import SeedPlace, SeedResident
from app.evidence import Gathered
from app.models import HazardSource, HazardStep, PhotoOwner, PlaceKind

_OVER_THE_YEAR = {HazardSource.RESIDENT: 46, HazardSource.VISITOR: 16, HazardSource.STAFF: 18}
_LATELY = {HazardSource.RESIDENT: 11, HazardSource.VISITOR: 4, HazardSource.STAFF: 4}
_LATELY_DAYS = 9
_AT_SMALL_SITE, _REJECTED, _SEEN_TWICE, _WITH_PHOTOS, _RESIDENT_SCANS = 0.08, 0.12, 0.1, 0.5, 0.3


@dataclass(frozen=True)
class _Sighting:
    """Somebody sees something at a place."""

    source: HazardSource
    place: SeedPlace
    said: Report
    at: datetime
    user_id: UUID | None
    resident: SeedResident | None


def add_reports(history: History, hazards: Hazards) -> None:
    """Add what was reported by hand."""
    rng = history.rng("reports")
    sightings = sorted(_sightings(history, rng), key=lambda one: one.at)
    for one in sightings:
        walk = _report(history, rng, hazards, one)
        if walk is None:
            continue
        if one.source is not HazardSource.STAFF and rng.random() < _REJECTED:
            walk.reject()
            continue
        hazards.go(walk)
        _reward(history, walk, one.resident)
        if rng.random() < _SEEN_TWICE:
            again = _report(history, rng, hazards, _seen_again(history, rng, one))
            if again is not None:
                again.merge_into(walk.id)


def _sightings(history: History, rng: Random) -> Iterator[_Sighting]:
    for numbers, first in (
        (_OVER_THE_YEAR, history.first),
        (_LATELY, history.last - timedelta(days=_LATELY_DAYS)),
    ):
        days = (history.last - first).days
        for source, number in numbers.items():
            for _ in range(number):
                day = first + timedelta(days=rng.randrange(days + 1))
                yield _sighting(history, rng, source, day)


def _sighting(history: History, rng: Random, source: HazardSource, day: date) -> _Sighting:
    site = SMALL_SITE if rng.random() < _AT_SMALL_SITE else BIG_SITE
    resident = _resident(history, rng, site)
    place, said = _place(history, rng, site, resident)
    if source is HazardSource.STAFF:
        day = history.hours.workday(day)
        moment = history.hours.during(rng, day)
        role = rng.choice((Role.BUILDING_LEAD, Role.GRID_WORKER, Role.COMMUNITY_ADMIN))
        user_id = rng.choice(history.world.holders(role, place.area_code))
        return _Sighting(source, place, said, moment, user_id, None)
    moment = history.hours.evening(rng, day)
    if source is HazardSource.VISITOR:
        return _Sighting(source, place, said, moment, None, None)
    return _Sighting(source, place, said, moment, resident.user_id, resident)


def _resident(history: History, rng: Random, site: Site) -> SeedResident:
    return rng.choice(
        [
            one
            for one in history.world.residents()
            if one.user_id is not None and one.area_code.startswith(site.code)
        ]
    )


def _place(history: History, rng: Random, site: Site, resident: SeedResident) -> tuple[SeedPlace, Report]:
    """Draw something to report, and where: in one's own building, or at another place of the site."""
    places = history.world.places_of(site)
    said = rng.choice([one for one in reports() if any(place.kind is one.kind for place in places)])
    if said.kind is PlaceKind.RESIDENTIAL:
        return resident.place, said
    return rng.choice([place for place in places if place.kind is said.kind]), said


def _report(history: History, rng: Random, hazards: Hazards, one: _Sighting) -> Walk | None:
    """Begin a hazard, unless it would arrive after the end of the history."""
    captured_at, received_at = clocks(rng, one.at, history.until)
    if received_at > history.until:
        return None
    shown = history.days_ago(received_at) <= PHOTOGRAPHED_DAYS and rng.random() < _WITH_PHOTOS
    taken = []
    if shown:
        caption = f"{one.place.name} {one.said.text}"
        taken = history.take_photos(rng, rng.randint(1, 2), caption=caption, by=one.user_id, at=received_at)
    signals = _signals(rng, one, captured_at, received_at, len(taken))
    hazard_id = id_at(rng, captured_at)
    walk = hazards.begin(
        one.place,
        signals,
        hazard_id,
        source=one.source,
        category=one.said.category,
        text=one.said.text,
        done=one.said.done,
        reported_by=one.user_id,
        content_hash=hazard_id.bytes,
    )
    history.name_photos(PhotoOwner.HAZARD, hazard_id, one.place.area_code, taken)
    return walk


def _signals(
    rng: Random, one: _Sighting, captured_at: datetime, received_at: datetime, photos: int
) -> Gathered:
    """Give what the phone sent along; a visitor reports only with the code."""
    visitor = one.source is HazardSource.VISITOR
    if visitor or rng.random() < _RESIDENT_SCANS:
        return scanned_at(
            rng,
            one.place,
            captured_at=captured_at,
            received_at=received_at,
            photos=photos,
            surely=visitor,
        )
    return seen_from(rng, one.place, captured_at=captured_at, received_at=received_at, photos=photos)


def _seen_again(history: History, rng: Random, one: _Sighting) -> _Sighting:
    """Let somebody else of the site see the same a few hours later."""
    site = next(site for site in SITES if one.place.area_code.startswith(site.code))
    other = _resident(history, rng, site)
    at = one.at + timedelta(hours=rng.uniform(4, 40))
    return replace(one, source=HazardSource.RESIDENT, at=at, user_id=other.user_id, resident=other)


def _reward(history: History, walk: Walk, resident: SeedResident | None) -> None:
    if resident is None:
        return
    for step in walk.steps:
        if step.step is HazardStep.ACCEPT and step.actor is not None:
            history.rewards.append(Reward(walk.row, resident, step.actor, step.at))
