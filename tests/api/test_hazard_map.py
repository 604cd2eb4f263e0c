"""Hazards as points for a map."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.evidence import to_gcj02
from app.models import Datum, HazardSource, Place
from tests.cast import named
from tests.client import Client
from tests.hazard_world import write_hazard

PLACE = [114.4826, 29.6063]
STOOD = (114.4831, 29.6069)


def shown(client: Client, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/v1/hazards/map{query}")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/geo+json"
    found: dict[str, Any] = answer.json
    return found


def point(client: Client) -> list[float]:
    [feature] = shown(client)["features"]
    coordinates: list[float] = feature["geometry"]["coordinates"]
    return coordinates


def test_the_map_is_a_feature_collection_of_points(session: Session, admin: Client) -> None:
    hazard = write_hazard(session, text="王大爷家门口堆物", recurrences=1)

    found = shown(admin)

    assert (found["type"], found["truncated"], found["without_position"]) == ("FeatureCollection", False, 0)
    [feature] = found["features"]
    assert (feature["type"], feature["id"]) == ("Feature", str(hazard.id))
    assert feature["geometry"] == {"type": "Point", "coordinates": PLACE}
    assert (feature["properties"]["place_name"], feature["properties"]["recurrences"]) == ("1号楼", 1)
    assert "王大爷" not in str(found), "words of a report may name somebody"


@pytest.mark.parametrize("datum", list(Datum))
def test_where_staff_stood_is_shown_in_wgs84(session: Session, admin: Client, datum: Datum) -> None:
    lng, lat = STOOD if datum is Datum.WGS84 else to_gcj02(*STOOD)
    position: dict[str, Any] = {"lng": lng, "lat": lat, "accuracy_m": 150, "datum": datum}
    write_hazard(session, source=HazardSource.INSPECTION, **position)

    assert point(admin) == pytest.approx(STOOD, abs=2e-6)


def test_a_position_that_nobody_can_rely_on_is_not_shown(session: Session, admin: Client) -> None:
    position: dict[str, Any] = {"lng": STOOD[0], "lat": STOOD[1], "accuracy_m": 151, "datum": Datum.WGS84}
    write_hazard(session, source=HazardSource.STAFF, **position)

    assert point(admin) == PLACE


@pytest.mark.parametrize("source", [HazardSource.RESIDENT, HazardSource.VISITOR])
def test_where_a_neighbour_or_visitor_stood_is_his_own(
    session: Session, admin: Client, source: HazardSource
) -> None:
    position: dict[str, Any] = {"lng": STOOD[0], "lat": STOOD[1], "accuracy_m": 10, "datum": Datum.WGS84}
    write_hazard(session, source=source, **position)

    assert point(admin) == PLACE


def test_what_has_no_point_is_counted(session: Session, admin: Client) -> None:
    place = session.get_one(Place, named("workshop"))
    place.lng = place.lat = None
    write_hazard(session, place_id=place.id)
    write_hazard(session)

    found = shown(admin)

    assert (len(found["features"]), found["without_position"]) == (1, 1)


def test_the_map_has_filters_and_an_end(
    session: Session, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.hazards.map_data.POINTS_MOST", 2)
    hazards = [str(write_hazard(session).id) for _ in range(3)]

    found = shown(admin)

    assert [feature["id"] for feature in found["features"]] == hazards[:0:-1]
    assert found["truncated"]
    assert shown(admin, "?status=closed")["features"] == []
    assert len(shown(admin, "?text=1号楼&lacks_photos=false")["features"]) == 2
    assert admin.get("/v1/hazards/map?limit=5").status_code == 422
