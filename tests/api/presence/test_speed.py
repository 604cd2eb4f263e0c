"""The way from one record to the next: what no road allows is told, whichever arrives first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from app.clock import set_to
from app.evidence import to_gcj02
from app.ids import new_id
from app.models import Checklist
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import BLOCK, HERE, file, inspection_body
from tests.presence_world import presence

AT = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
LNG, LAT = 114.4826, 29.6063
"""The block's."""
FAR_OFF = {**HERE, "lat": LAT + 0.45}
"""Some 50 km to the north."""


def body(checklist: Checklist, minute: float, position: dict[str, Any]) -> dict[str, Any]:
    at = AT + timedelta(minutes=minute)
    return inspection_body(checklist, captured_at=at.isoformat(), position=position)


def reasons(client: Client, record_id: Any) -> list[str]:
    told: list[str] = client.get(f"/v1/inspections/{record_id}").json["presence_reasons"]
    return told


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "the later first"])
def test_fifty_kilometres_in_five_minutes_are_told_of_the_later(
    worker: Client, checklist: Checklist, order: tuple[int, int]
) -> None:
    """S-173: computed with neighbours on both sides, so that the order of arrival does not matter."""
    ids = new_id(), new_id()
    bodies = body(checklist, 0, FAR_OFF), body(checklist, 5, HERE)
    with set_to(AT + timedelta(hours=1)):
        for one in order:
            assert file(worker, bodies[one], ids[one]).status_code == 201

    found = ["speed_unlikely" in reasons(worker, one) for one in ids]

    assert found == [False, True]


def test_a_record_that_is_marked_later_may_be_named_meanwhile(
    connection: Connection, worker: Client, checklist: Checklist
) -> None:
    """Its row is held no stronger than a foreign key to it bears: its answers, its occurrence."""
    with set_to(AT + timedelta(hours=1)):
        file(worker, body(checklist, 5, HERE))
        with statements(connection) as sent:
            file(worker, body(checklist, 0, FAR_OFF))

    held = [one for one in sent if "FROM inspections" in one and " UPDATE" in one]
    assert held
    assert all("FOR NO KEY UPDATE" in one for one in held)


def test_an_hour_for_fifty_kilometres_is_likely(worker: Client, checklist: Checklist) -> None:
    with set_to(AT + timedelta(hours=2)):
        file(worker, body(checklist, 0, FAR_OFF))
        told = presence(file(worker, body(checklist, 60, HERE)))

    assert "speed_unlikely" not in told[1]


def test_records_of_other_kinds_and_other_people_are_told_apart(
    worker: Client, colleague: Client, checklist: Checklist
) -> None:
    """S-173: a worker's hazards count as his inspections do, a colleague's do not."""
    hazard = {
        "place_id": str(BLOCK),
        "category": "fire",
        "text": "电线裸露",
        "captured_at": AT.isoformat(),
        "position": FAR_OFF,
    }
    with set_to(AT + timedelta(hours=1)):
        assert worker.put(f"/v1/hazards/{new_id()}", json=hazard).status_code == 201
        others = presence(file(colleague, body(checklist, 5, HERE)))
        own = presence(file(worker, body(checklist, 5, HERE)))

    assert ("speed_unlikely" in others[1], "speed_unlikely" in own[1]) == (False, True)


@pytest.mark.parametrize(
    "minute, position",
    [(0.9, HERE), (5, {**HERE, "accuracy_m": 151})],
    ids=["less than a minute", "accuracy unknown"],
)
def test_what_says_nothing_is_passed_over(
    worker: Client, checklist: Checklist, minute: float, position: dict[str, Any]
) -> None:
    """S-173: gaps under a minute and vague positions raise nothing."""
    with set_to(AT + timedelta(hours=1)):
        file(worker, body(checklist, 0, FAR_OFF))
        told = presence(file(worker, body(checklist, minute, position)))

    assert "speed_unlikely" not in told[1]


def test_one_spot_in_two_datums_is_one_spot(worker: Client, checklist: Checklist) -> None:
    """S-172: WGS-84 and GCJ-02 of the block are both inside; mistaken, it is half a kilometre off."""
    lng, lat = to_gcj02(LNG, LAT)
    drawn = {**HERE, "lng": lng, "lat": lat, "datum": "gcj02"}
    with set_to(AT + timedelta(hours=1)):
        here = presence(file(worker, body(checklist, 0, HERE)))
        same = presence(file(worker, body(checklist, 2, drawn)))
        mistaken = presence(file(worker, body(checklist, 4, {**drawn, "datum": "wgs84"})))

    assert ("inside" in here[1], "inside" in same[1]) == (True, True)
    assert "speed_unlikely" not in same[1]
    assert mistaken[0] == "unverified"
    assert "outside" in mistaken[1]


def test_the_way_costs_one_question(connection: Connection, worker: Client, checklist: Checklist) -> None:
    with set_to(AT + timedelta(hours=1)):
        with statements(connection) as without:
            file(worker, body(checklist, 0, {**HERE, "accuracy_m": 151}))
        with statements(connection) as located:
            file(worker, body(checklist, 10, HERE))

    asked = [sum("UNION ALL" in one for one in sent) for sent in (without, located)]
    assert asked == [0, 1]
