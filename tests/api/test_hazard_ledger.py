"""The ledger of hazards: what it can be asked for, in which order, and its figures."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import (
    Hazard,
    HazardCategory,
    HazardEvent,
    HazardLevel,
    HazardSource,
    HazardStatus,
    HazardStep,
    Photo,
    PhotoLink,
    PhotoOwner,
)
from tests.cast import FAR, GRID, HOME, named, person
from tests.client import Client
from tests.counting import statements
from tests.hazard_world import of_item, write_checklist, write_hazard

SOME_DAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def ids(client: Client, **asked: Any) -> list[str]:
    query = "&".join(f"{name}={quote(str(value))}" for name, value in asked.items())
    answer = client.get(f"/v1/hazards?{query}")
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


def counts(client: Client, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/v1/hazards/counts{query}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json
    return shown


def write_event(session: Session, hazard: Hazard, step: HazardStep, at: datetime, number: int = 1) -> UUID:
    event = HazardEvent(
        id=new_id(),
        area_code=hazard.area_code,
        hazard_id=hazard.id,
        number=number,
        step=step,
        status_after=hazard.status,
        at=at,
        content_hash=b"",
    )
    session.add(event)
    session.commit()
    return event.id


def write_photo(
    session: Session, kind: PhotoOwner, record_id: UUID, *, arrived: bool, sent_by: str = "worker"
) -> None:
    photo_id, by = new_id(), person("worker").user_id
    session.add(
        PhotoLink(
            record_id=record_id, photo_id=photo_id, record_kind=kind, area_code=GRID, position=0, named_by=by
        )
    )
    if arrived:
        session.add(
            Photo(
                id=photo_id,
                sha256=photo_id.bytes,
                width=1,
                height=1,
                uploaded_by=person(sent_by).user_id,
                received_at=now(),
            )
        )
    session.commit()


def test_several_words_of_one_kind_are_asked_for_with_commas(session: Session, admin: Client) -> None:
    found = str(write_hazard(session, source=HazardSource.INSPECTION, category=HazardCategory.TRAFFIC).id)
    told = str(write_hazard(session, HazardStatus.ACCEPTED).id)
    done = str(write_hazard(session, HazardStatus.CLOSED, source=HazardSource.STAFF).id)

    assert ids(admin, status="reported,accepted") == [told, found]
    assert ids(admin, source="inspection,staff") == [done, found]
    assert ids(admin, category="traffic,building") == [found]
    assert ids(admin, status="closed", source="resident") == []


@pytest.mark.parametrize(
    "query",
    ["status=", "status=reported,", "status=open", "source=phone", "category=fire,;drop", "sort=worst"],
)
def test_words_come_from_the_list(admin: Client, query: str) -> None:
    answer = admin.get(f"/v1/hazards?{query}")

    assert (answer.status_code, list(answer.json["errors"])) == (422, [query.partition("=")[0]])


def test_a_place_an_item_and_a_person_can_be_asked_for(session: Session, admin: Client) -> None:
    checklist = write_checklist(session)
    of_lamp = write_hazard(session, **of_item(checklist, 3), place_id=named("workshop"))
    mine = write_hazard(session, HazardStatus.ASSIGNED)

    assert ids(admin, place_id=named("workshop")) == [str(of_lamp.id)]
    assert ids(admin, item_key=of_lamp.item_key) == [str(of_lamp.id)]
    assert ids(admin, assignee_id=person("worker").user_id) == [str(mine.id)]
    answer = admin.get(f"/v1/hazards?assignee=me&assignee_id={new_id()}")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["assignee_id"])


def test_an_area_narrows_and_never_widens(
    session: Session, admin: Client, be: Callable[[str], Client]
) -> None:
    in_grid = str(write_hazard(session).id)
    beside = str(write_hazard(session, area_code=HOME, place_id=named("workshop")).id)
    write_hazard(session, area_code=FAR, place_id=named("far_block"))

    county = be("county")
    assert ids(county, area_code=GRID) == [in_grid]
    assert ids(county, area_code=HOME) == [beside, in_grid]
    assert ids(admin, area_code=FAR) == []
    assert ids(admin, area_code="4212") == [beside, in_grid]


def test_spans_of_reporting_and_closing_end_before_their_until(session: Session, admin: Client) -> None:
    day = timedelta(days=1)
    first = write_hazard(session, HazardStatus.CLOSED, received_at=SOME_DAY)
    second = write_hazard(session, HazardStatus.CLOSED, received_at=SOME_DAY + day)
    write_event(session, first, HazardStep.CLOSE, SOME_DAY + 9 * day)
    write_event(session, second, HazardStep.VERIFY, SOME_DAY + 9 * day)

    assert ids(admin, reported_since=(SOME_DAY + day).isoformat()) == [str(second.id)]
    assert ids(admin, reported_until=(SOME_DAY + day).isoformat()) == [str(first.id)]
    assert ids(admin, closed_since=(SOME_DAY + 9 * day).isoformat()) == [str(first.id)]
    assert ids(admin, closed_until=(SOME_DAY + 9 * day).isoformat()) == []


def test_what_comes_to_its_deadline_soon_is_neither_overdue_nor_ended(
    session: Session, admin: Client
) -> None:
    soon = {"due_at": now() + timedelta(days=2)}
    near = str(write_hazard(session, HazardStatus.ASSIGNED, **soon).id)
    write_hazard(session, HazardStatus.CLOSED, **soon)
    write_hazard(session, HazardStatus.ASSIGNED, due_at=now() - timedelta(hours=1))

    assert ids(admin, due_within_days=3) == [near]
    assert ids(admin, due_within_days=1) == []


def test_what_was_put_right_waits_for_its_recheck_and_is_not_overdue(session: Session, admin: Client) -> None:
    before = {"due_at": now() - timedelta(hours=1)}
    late = str(write_hazard(session, HazardStatus.RECTIFYING, **before).id)
    for status in (HazardStatus.RECTIFIED, HazardStatus.VERIFIED, HazardStatus.CLOSED):
        write_hazard(session, status, **before)

    assert ids(admin, overdue="true") == [late]
    assert admin.get("/v1/hazards/counts").json["overdue"] == 1


def test_what_came_again_and_what_lacks_its_photos_can_be_asked_for(session: Session, admin: Client) -> None:
    again = write_hazard(session, recurrences=2)
    waits, in_step, whole = write_hazard(session), write_hazard(session), write_hazard(session)
    write_photo(session, PhotoOwner.HAZARD, waits.id, arrived=False)
    event_id = write_event(session, in_step, HazardStep.RECTIFY, SOME_DAY)
    write_photo(session, PhotoOwner.HAZARD_EVENT, event_id, arrived=True, sent_by="admin")
    write_photo(session, PhotoOwner.HAZARD, whole.id, arrived=True)

    assert ids(admin, recurring="true") == [str(again.id)]
    assert ids(admin, lacks_photos="true") == [str(in_step.id), str(waits.id)]


def test_words_are_looked_for_as_they_stand_in_texts_and_names_of_places(
    session: Session, admin: Client
) -> None:
    share = str(write_hazard(session, text="电压低了50%左右", place_id=named("workshop")).id)
    write_hazard(session, text="电压低了50伏")

    assert ids(admin, text="50%") == [share]
    assert ids(admin, text="帮扶车间") == [share]
    assert ids(admin, text="50_") == []


def test_by_deadline_the_longest_overdue_stands_first_and_what_has_none_last(
    session: Session, admin: Client
) -> None:
    none = [str(write_hazard(session).id) for _ in range(2)]
    due = [
        str(write_hazard(session, HazardStatus.ASSIGNED, due_at=SOME_DAY + timedelta(days=days)).id)
        for days in (3, 1, 1, 2)
    ]
    wanted = [due[1], due[2], due[3], due[0], *none]

    assert ids(admin, sort="due_first") == wanted
    assert ids(admin, sort="oldest") == [*none, *due]
    assert ids(admin, sort="newest") == [*due[::-1], *none[::-1]]


@pytest.mark.parametrize("sort", ["newest", "oldest", "due_first"])
def test_pages_of_each_order_join_without_gap_or_repeat(session: Session, admin: Client, sort: str) -> None:
    for days in (None, 2, 2, 2, 1, None, 3):
        due = None if days is None else SOME_DAY + timedelta(days=days)
        write_hazard(session, HazardStatus.ASSIGNED, due_at=due)
    whole, seen, cursor = ids(admin, sort=sort), [], ""

    while cursor is not None:
        path = f"/v1/hazards?sort={sort}&limit=2" + (f"&cursor={cursor}" if cursor else "")
        page = admin.get(path).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert seen == whole
    assert len(set(seen)) == 7


def test_figures_are_of_what_the_list_shows(session: Session, admin: Client) -> None:
    past = {"due_at": now() - timedelta(days=1)}
    write_hazard(session, HazardStatus.ASSIGNED, **past)
    write_hazard(session, HazardStatus.CLOSED, **past)
    write_hazard(session, level=HazardLevel.MAJOR, category=HazardCategory.TRAFFIC)
    write_hazard(session, area_code=FAR, place_id=named("far_block"))

    assert counts(admin) == {
        "total": 3,
        "truncated": False,
        "overdue": 1,
        "by_status": {"assigned": 1, "closed": 1, "reported": 1},
        "by_level": {"general": 2, "major": 1},
        "by_category": {"fire": 2, "traffic": 1},
    }
    assert counts(admin, "?level=major")["total"] == 1
    assert counts(admin, f"?area_code={FAR}")["total"] == 0


def test_a_resident_counts_and_maps_his_own_reports_only(session: Session, resident: Client) -> None:
    mine = write_hazard(session)
    write_hazard(session, reported_by=person("neighbour").user_id)

    assert counts(resident)["total"] == 1
    features = resident.get("/v1/hazards/map").json["features"]
    assert [feature["id"] for feature in features] == [str(mine.id)]


def test_figures_end_where_counting_costs_too_much(
    session: Session, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.hazards.figures.COUNTED_MOST", 2)
    for _ in range(3):
        write_hazard(session)

    shown = counts(admin)

    assert (shown["total"], shown["truncated"]) == (2, True)


@pytest.mark.parametrize("path", ["/v1/hazards?lacks_photos=true", "/v1/hazards/counts", "/v1/hazards/map"])
def test_each_view_costs_the_same_for_one_and_for_many(
    session: Session, connection: Connection, admin: Client, path: str
) -> None:
    write_photo(session, PhotoOwner.HAZARD, write_hazard(session).id, arrived=False)
    with statements(connection) as one:
        admin.get(path)
    for _ in range(4):
        write_photo(session, PhotoOwner.HAZARD, write_hazard(session).id, arrived=False)
    with statements(connection) as many:
        admin.get(path)

    assert len(many) == len(one)
