import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.evidence.coordinates import Point, distance_m, to_gcj02, to_wgs84

# Published vectors of the eviltransform project, from (lng, lat) in WGS-84 to GCJ-02.
PUBLISHED = [
    pytest.param((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597), id="shanghai"),
    pytest.param((113.912316, 22.543847), (113.9171764808363, 22.540796131694766), id="shenzhen"),
    pytest.param((116.377817, 39.911954), (116.38404722455657, 39.91334545536069), id="beijing"),
]
# What a map operator's own service answered for the same point, so from another implementation.
SERVICE = pytest.param((116.39089, 39.90734), (116.39713623, 39.90874539), id="map-service")

XIANNING = (114.3225, 29.8413)
in_china = st.tuples(st.floats(73.7, 135.0), st.floats(18.2, 53.5))


@pytest.mark.parametrize("wgs84,gcj02", PUBLISHED)
def test_the_shift_is_the_published_one(wgs84: Point, gcj02: Point) -> None:
    assert distance_m(to_gcj02(*wgs84), gcj02) < 0.02


@pytest.mark.parametrize("wgs84,gcj02", [*PUBLISHED, SERVICE])
def test_a_map_position_comes_back_to_where_the_satellites_saw_it(wgs84: Point, gcj02: Point) -> None:
    assert distance_m(to_wgs84(*gcj02, "gcj02"), wgs84) < 1.0


@given(in_china)
@example((105.0, 35.0))
@example(XIANNING)
@settings(deadline=None, max_examples=500)
def test_the_way_back_is_exact_all_over_china(point: Point) -> None:
    assert distance_m(to_wgs84(*to_gcj02(*point), "gcj02"), point) < 0.01


@given(in_china)
@settings(deadline=None)
def test_the_shift_is_too_large_to_ignore_and_small_enough_to_be_a_shift(point: Point) -> None:
    assert 1 < distance_m(to_gcj02(*point), point) < 1500


def test_in_xianning_the_shift_is_half_a_kilometre() -> None:
    assert 400 < distance_m(to_gcj02(*XIANNING), XIANNING) < 700


def test_satellite_positions_are_left_alone() -> None:
    assert to_wgs84(*XIANNING, "wgs84") == XIANNING


@pytest.mark.parametrize(
    "abroad", [(2.3522, 48.8566), (-104.9903, 39.7392), (153.0251, -27.4698), (0.0, 0.0)]
)
def test_abroad_there_is_no_shift(abroad: Point) -> None:
    assert to_gcj02(*abroad) == abroad
    assert to_wgs84(*abroad, "gcj02") == abroad


def test_an_unknown_datum_is_refused() -> None:
    with pytest.raises(ValueError, match="bd09"):
        to_wgs84(*XIANNING, "bd09")


@pytest.mark.parametrize(
    "a,b,metres",
    [
        pytest.param((114.0, 30.0), (114.0, 30.0), 0.0, id="same"),
        pytest.param((114.0, 29.0), (114.0, 30.0), 111_195.1, id="one-degree-of-latitude"),
        pytest.param((114.0, 60.0), (116.0, 60.0), 111_190.8, id="two-degrees-of-longitude-at-60-north"),
        pytest.param((0.0, 0.0), (180.0, 0.0), 20_015_114.4, id="antipodes"),
        pytest.param((179.5, 0.0), (-179.5, 0.0), 111_195.1, id="over-the-date-line"),
    ],
)
def test_distances_are_those_of_a_sphere(a: Point, b: Point, metres: float) -> None:
    assert distance_m(a, b) == pytest.approx(metres, abs=0.1)
    assert distance_m(b, a) == distance_m(a, b)


@given(in_china, st.floats(0, 360), st.floats(1, 5_000))
@settings(deadline=None)
def test_a_walk_of_some_metres_is_that_far(start: Point, bearing_deg: float, walked_m: float) -> None:
    """Walk by the formula for a destination, which shares no step with the one for a distance."""
    lng, lat = map(math.radians, start)
    angle, bearing = walked_m / 6_371_008.8, math.radians(bearing_deg)
    end_lat = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing))
    end_lng = lng + math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(lat),
        math.cos(angle) - math.sin(lat) * math.sin(end_lat),
    )

    assert distance_m(start, (math.degrees(end_lng), math.degrees(end_lat))) == pytest.approx(
        walked_m, abs=0.01
    )
