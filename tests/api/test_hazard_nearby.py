"""What may be the same thing as a report, set beside it; who reported it hears what becomes of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.evidence import to_gcj02
from app.models import Hazard, HazardStatus, Notice, Place
from tests.cast import HOME, NEXT, named, person
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import BLOCK, Take, done, write_hazard

Be = Callable[[str], Client]
LNG, LAT = 114.4826, 29.6063
METRE = 1 / 111_195
"""Degrees of latitude."""


@pytest.fixture
def report(session: Session) -> Hazard:
    return _at(session, 0)


def _at(session: Session, north_m: float, **more: Any) -> Hazard:
    """Write a hazard at another place, seen so far north of HERE."""
    values: dict[str, Any] = {
        "place_id": named("workshop"),
        "lng": LNG,
        "lat": LAT + north_m * METRE,
        "accuracy_m": 10,
        "datum": "wgs84",
    }
    return write_hazard(session, **(values | more))


def found(be: Be, report: Hazard, query: str = "") -> list[tuple[str, int | None]]:
    answer = be("admin").get(f"/v1/hazards/{report.id}/nearby{query}")
    assert answer.status_code == 200, answer.text
    return [(one["id"], one["distance_m"]) for one in answer.json["items"]]


def test_the_nearest_stand_first_and_the_radius_is_kept(be: Be, session: Session, report: Hazard) -> None:
    here = {"place_id": BLOCK}
    far, near = _at(session, 90, **here), _at(session, 30, **here)
    beyond = _at(session, 140, **here)

    assert found(be, report) == [(str(near.id), 30), (str(far.id), 90)]
    assert [one for one, _ in found(be, report, "?radius_m=50")] == [str(near.id)]
    assert str(beyond.id) in {one for one, _ in found(be, report, "?radius_m=150")}


def test_positions_in_another_datum_are_brought_to_one(be: Be, session: Session, report: Hazard) -> None:
    lng, lat = to_gcj02(LNG, LAT + 40 * METRE)
    other = _at(session, 0, place_id=BLOCK, lng=lng, lat=lat, datum="gcj02")

    assert found(be, report) == [(str(other.id), 40)]


def test_a_vague_position_gives_way_to_that_of_the_place(be: Be, session: Session, report: Hazard) -> None:
    place = session.get_one(Place, BLOCK)
    place.lng, place.lat = LNG, LAT + 60 * METRE
    session.commit()
    vague = _at(session, 5000, place_id=BLOCK, accuracy_m=900)

    assert found(be, report) == [(str(vague.id), 60)]


def test_at_the_same_place_no_position_is_needed(be: Be, session: Session, report: Hazard) -> None:
    nowhere = {"lng": None, "lat": None, "accuracy_m": None, "datum": None}
    session.get_one(Place, named("workshop")).lng = None
    session.commit()
    same = _at(session, 0, **nowhere)

    assert found(be, report) == [(str(same.id), None)]


@pytest.mark.parametrize(
    "more, is_found",
    [
        ({}, True),
        ({"category": "traffic"}, False),
        ({"status": HazardStatus.REJECTED}, False),
        ({"status": HazardStatus.CLOSED, "ended_at": now() - timedelta(days=29)}, True),
        ({"status": HazardStatus.CLOSED, "ended_at": now() - timedelta(days=31)}, False),
        ({"area_code": NEXT}, False),
        ({"area_code": HOME}, True),
    ],
)
def test_only_what_it_may_be_merged_into_is_shown(
    be: Be, session: Session, report: Hazard, more: dict[str, Any], *, is_found: bool
) -> None:
    other = _at(session, 10, **more)

    assert ((str(other.id), 10) in found(be, report)) == is_found


def test_more_hazards_ask_no_more_of_the_database(be: Be, session: Session, report: Hazard) -> None:
    admin, path = be("admin"), f"/v1/hazards/{report.id}/nearby"
    _at(session, 10)
    with statements(session.connection()) as few:
        admin.get(path)
    for metres in range(30):
        _at(session, metres)
    with statements(session.connection()) as many:
        shown = admin.get(path).json["items"]

    assert len(many) == len(few)
    assert len(shown) == 20


def test_who_reported_the_same_hears_what_becomes_of_it(session: Session, be: Be) -> None:
    take = Take(be)
    kept = write_hazard(session, HazardStatus.ACCEPTED, source="staff", reported_by=person("lead").user_id)
    merged = write_hazard(session, reported_by=person("neighbour").user_id)
    done(take("admin", merged, "duplicate", duplicate_of_id=str(kept.id)))
    done(take("admin", kept, "assign", assignee_id=str(person("worker").user_id)))
    done(take("county", kept, "supervise", note="请抓紧"))
    notices = select(Notice).where(Notice.user_id == person("neighbour").user_id).order_by(Notice.id)
    heard = [
        (row.data["step"], row.data["status"], row.data["hazard_id"]) for row in session.scalars(notices)
    ]

    assert heard == [
        ("duplicate", "duplicate", str(merged.id)),
        ("assign", "assigned", str(merged.id)),
    ]
