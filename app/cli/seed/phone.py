"""What phones send along: two clocks, a scanned code, a position; weighed by the product's own rules."""

import math
from datetime import datetime, timedelta
from functools import cache
from random import Random

from app.cli.seed.world import SeedPlace
from app.evidence import ClockFlag, Datum, Gathered, Position, Signals, clock_flag, to_gcj02, weigh
from app.models import Place, PlaceCode

_METRES_A_DEGREE = 111_320
_AT_ONCE, _LATER, _LATE = 0.82, 0.96, 0.99
"""Shares, one on top of the other: sent at once, when the net allowed, more than a week late; the rest have
a clock that is ahead."""
_SCANNED, _REPORT_LOCATED, _IN_GCJ02 = 0.92, 0.5, 0.15
_NOWHERE, _ELSEWHERE, _VAGUE = 0.1, 0.02, 0.03
"""Shares of positions that are missing, far from the place, and too inexact to say anything."""


def clocks(rng: Random, moment: datetime, until: datetime) -> tuple[datetime, datetime]:
    """Give device time and server time of something that happened at a moment."""
    chance = rng.random()
    at_once = moment + timedelta(seconds=rng.uniform(2, 30))
    if chance < _AT_ONCE:
        return moment, at_once
    if chance < _LATER:
        received_at = moment + timedelta(minutes=rng.uniform(10, 1200))
    elif chance < _LATE:
        received_at = moment + timedelta(days=rng.uniform(7.5, 12))
    else:
        return moment + timedelta(minutes=rng.uniform(20, 300)), at_once
    return moment, received_at if received_at < until else at_once


def happened_at(captured_at: datetime, received_at: datetime) -> datetime:
    """Give the moment that periods go by: the device's if plausible, else the server's."""
    return captured_at if clock_flag(captured_at, received_at) is ClockFlag.OK else received_at


def scanned_at(
    rng: Random,
    place: SeedPlace,
    *,
    captured_at: datetime,
    received_at: datetime,
    photos: int,
    surely: bool = False,
) -> Gathered:
    """Give the signals of somebody at the place: mostly with code and position, ``surely`` with a code."""
    signals = Signals(
        captured_at=captured_at,
        code="scanned" if surely or rng.random() < _SCANNED else None,
        position=_position(rng, place),
    )
    return _weighed(place, signals, received_at, photos)


def seen_from(
    rng: Random, place: SeedPlace, *, captured_at: datetime, received_at: datetime, photos: int
) -> Gathered:
    """Give the signals of a report about a place, for which nobody has to scan anything."""
    signals = Signals(
        captured_at=captured_at,
        position=_position(rng, place) if rng.random() < _REPORT_LOCATED else None,
    )
    return _weighed(place, signals, received_at, photos)


def _weighed(place: SeedPlace, signals: Signals, received_at: datetime, photos: int) -> Gathered:
    row = _code(place) if signals.code is not None else None
    return weigh(_place(place), row, signals, received_at=received_at, photos=photos)


def _position(rng: Random, place: SeedPlace) -> Position | None:
    """Draw where the phone thinks it is: near, in either datum; sometimes vague, nowhere, or elsewhere."""
    chance = rng.random()
    if chance < _NOWHERE:
        return None
    away_m = rng.uniform(250, 900) if chance < _NOWHERE + _ELSEWHERE else rng.uniform(0, 30)
    accuracy_m = rng.uniform(160, 600) if chance > 1 - _VAGUE else rng.uniform(4, 45)
    turn = rng.uniform(0, 2 * math.pi)
    lng = place.lng + away_m * math.cos(turn) / _METRES_A_DEGREE / math.cos(math.radians(place.lat))
    lat = place.lat + away_m * math.sin(turn) / _METRES_A_DEGREE
    datum = Datum.WGS84
    if rng.random() < _IN_GCJ02:
        lng, lat = to_gcj02(lng, lat)
        datum = Datum.GCJ02
    return Position(round(lng, 6), round(lat, 6), round(accuracy_m, 1), datum)


@cache
def _place(place: SeedPlace) -> Place:
    return Place(id=place.id, lng=place.lng, lat=place.lat, radius_m=place.radius_m)


@cache
def _code(place: SeedPlace) -> PlaceCode:
    return PlaceCode(id=place.code_id, place_id=place.id)
