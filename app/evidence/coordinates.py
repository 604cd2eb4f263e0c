"""The two datums phones in China speak, and the distance between two points.

WGS-84 is what satellites give. GCJ-02, the datum of every licensed Chinese map (GB 20263), shifts it by
hundreds of metres, so two positions may be compared only after both are in WGS-84. A point is ``(lng, lat)``
in degrees.
"""

import math

Point = tuple[float, float]

ACCURACY_KNOWN_M = 150
"""Above this accuracy a position says "unknown", never "inside" (domain.md, clocks)."""
MEAN_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG), for distances on a sphere."""

# The ellipsoid GCJ-02 is computed on: Krasovsky 1940, semi-major axis in metres and eccentricity squared.
_AXIS_M = 6_378_245.0
_ECCENTRICITY_2 = 0.006693421622965943
# Where the published formula says the shift is applied at all; coarse, and wider than the country.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_SETTLED_DEG = 1e-9


def accuracy_is_known(accuracy_m: float | None) -> bool:
    """Say whether a position is good for anything; some phones say 0 where they do not know."""
    return accuracy_m is not None and 0 < accuracy_m <= ACCURACY_KNOWN_M


def to_wgs84(lng: float, lat: float, datum: str) -> Point:
    """Return the point in WGS-84 degrees, exact to a centimetre.

    Raises ValueError for a datum other than ``wgs84`` and ``gcj02``.
    """
    if datum == "wgs84":
        return lng, lat
    if datum != "gcj02":
        raise ValueError(datum)
    guess_lng, guess_lat = lng, lat
    # The shift changes by less than 1 % of a step, so every round gains two digits: five do, ten are safe.
    for _ in range(10):
        there_lng, there_lat = to_gcj02(guess_lng, guess_lat)
        off_lng, off_lat = lng - there_lng, lat - there_lat
        guess_lng, guess_lat = guess_lng + off_lng, guess_lat + off_lat
        if abs(off_lng) < _SETTLED_DEG and abs(off_lat) < _SETTLED_DEG:
            break
    return guess_lng, guess_lat


def to_gcj02(lng: float, lat: float) -> Point:
    """Return a WGS-84 point as a Chinese map draws it; a point abroad stays as it is."""
    if not (_WEST <= lng <= _EAST and _SOUTH <= lat <= _NORTH):
        return lng, lat
    east_m, north_m = _shift_m(lng - 105.0, lat - 35.0)
    phi = math.radians(lat)
    flattening = 1 - _ECCENTRICITY_2 * math.sin(phi) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY_2) / flattening**1.5
    parallel_m = _AXIS_M / math.sqrt(flattening) * math.cos(phi)
    return lng + math.degrees(east_m / parallel_m), lat + math.degrees(north_m / meridian_m)


def distance_m(a: Point, b: Point) -> float:
    """Return the great-circle distance of two WGS-84 points in metres, within 0.6 % of the ellipsoid."""
    (lng_a, lat_a), (lng_b, lat_b) = a, b
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    across = math.sin(math.radians(lng_b - lng_a) / 2) ** 2
    haversine = math.sin((phi_b - phi_a) / 2) ** 2 + math.cos(phi_a) * math.cos(phi_b) * across
    return 2 * MEAN_RADIUS_M * math.asin(math.sqrt(min(1.0, haversine)))


def _shift_m(x: float, y: float) -> Point:
    """Return the published shift, metres to the east and north, x and y degrees from 105° E, 35° N."""

    def waves(degrees: float, *amplitude_and_turns: tuple[float, float]) -> float:
        return sum(size * math.sin(turns * degrees * math.pi) for size, turns in amplitude_and_turns) * 2 / 3

    root, common = math.sqrt(abs(x)), waves(x, (20, 6), (20, 2))
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    east_m += waves(x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    north_m += waves(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))
    return east_m, north_m
