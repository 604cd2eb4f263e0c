"""A substitute reads what his day names, alone as well: pictures of hazards, places, lists."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import set_to
from app.evidence import LINK_LIFE_S, PhotoOwner, link_photos
from app.ids import new_id
from app.models import Checklist, Hazard, HazardSource, HazardStatus
from tests.cast import GRID, named, person
from tests.client import Client
from tests.evidence.photos import file, scene
from tests.explaining import asked_of
from tests.hazard_world import BLOCK, done, write_hazard
from tests.plan_world import MORNING, away, filed

WORKER = person("worker").user_id


@pytest.fixture
def photo_ids(worker: Client) -> tuple[UUID, UUID]:
    """Give two pictures that the worker sent."""
    sent = new_id(), new_id()
    with set_to(MORNING):
        for shade, photo_id in enumerate(sent):
            answer = worker.put(f"/v1/photos/{photo_id}", data=file(scene(300 + shade, 200)))
            assert answer.status_code == 201, answer.text
    return sent


@pytest.fixture
def hazard(session: Session, worker: Client, photo_ids: tuple[UUID, UUID]) -> Hazard:
    """Give one whose report names the first picture, and a step the second."""
    with set_to(MORNING):
        row = write_hazard(session, HazardStatus.RECTIFYING, source=HazardSource.STAFF, reported_by=WORKER)
        link_photos(session, PhotoOwner.HAZARD, row.id, GRID, photo_ids[:1], by=WORKER)
        session.commit()
        shown = {"note": "搬走了", "photo_ids": [str(photo_ids[1])]}
        done(worker.step(f"/v1/hazards/{row.id}/rectify", shown))
    return row


def read(client: Client, paths: list[str]) -> list[int]:
    with set_to(MORNING):
        return [client.get(path).status_code for path in paths]


@pytest.mark.usefixtures("plan", "next_grid", "hazard", "colleague_of_any_home")
def test_pictures_of_what_his_day_names_until_he_was_there(
    admin: Client,
    colleague: Client,
    be: Callable[[str], Client],
    photo_ids: tuple[UUID, UUID],
    checklist: Checklist,
) -> None:
    paths = [f"/v1/photos/{photo_id}" for photo_id in photo_ids]
    before = read(colleague, paths)
    away(admin, until=0)
    during, others = read(colleague, paths), read(be("far_worker"), paths)
    with set_to(MORNING):
        address = colleague.get(paths[0]).json["large_url"]
        opened = colleague.get(address).status_code
    filed(colleague, checklist, MORNING)
    afterwards = read(colleague, paths)
    with set_to(MORNING + timedelta(seconds=LINK_LIFE_S + 1)):
        ended = colleague.get(address).status_code

    assert (before, during, others, afterwards) == ([404] * 2, [200] * 2, [404] * 2, [404] * 2)
    assert (opened, ended) == (200, 404), "an address that he was shown lasts its minutes"


@pytest.mark.usefixtures("plan", "next_grid", "hazard")
def test_a_picture_within_reach_is_not_looked_for_among_hazards(
    admin: Client, colleague: Client, worker: Client, connection: Connection, photo_ids: tuple[UUID, UUID]
) -> None:
    """Nor for whom none but his own areas are: whose post is over the whole community, or who has none."""
    away(admin, until=0)
    asked = {}
    with set_to(MORNING):
        for who in (worker, admin, colleague):
            with asked_of(connection, "FROM hazards") as asked[who]:
                assert who.get(f"/v1/photos/{photo_ids[0]}").status_code == 200
        with asked_of(connection, "FROM hazards") as nothing_there:
            assert admin.get(f"/v1/photos/{new_id()}").status_code == 404

    assert [asked[worker], asked[admin], nothing_there] == [[], [], []]
    assert asked[colleague]


@pytest.mark.usefixtures("plan", "next_grid")
def test_no_picture_of_another_that_a_hazard_only_names(
    session: Session, admin: Client, colleague: Client, hazard: Hazard, photo_ids: tuple[UUID, UUID]
) -> None:
    """Naming another's photo shows nothing of it."""
    other = new_id()
    with set_to(MORNING):
        assert admin.put(f"/v1/photos/{other}", data=file(scene(200, 300))).status_code == 201
    link_photos(session, PhotoOwner.HAZARD, hazard.id, GRID, [*photo_ids[:1], other], by=WORKER)
    session.commit()
    away(admin, until=0)

    assert read(colleague, [f"/v1/photos/{other}", f"/v1/photos/{photo_ids[0]}"]) == [404, 200]


@pytest.mark.usefixtures("plan", "next_grid")
def test_the_place_and_its_lists_and_no_other_place(
    admin: Client, colleague: Client, worker: Client, checklist: Checklist
) -> None:
    workshop = named("workshop")
    paths = [
        f"{path}{place}"
        for place in (BLOCK, workshop)
        for path in ("/v1/places/", "/v1/checklists?place_id=")
    ]
    before = read(colleague, paths)
    away(admin, until=0)
    away(admin, since=2)
    with set_to(MORNING):
        place = colleague.get(f"/v1/places/{BLOCK}").json
        lists = colleague.get(f"/v1/checklists?place_id={BLOCK}").json["items"]
        same = worker.get(f"/v1/places/{BLOCK}").json

    assert (before, read(colleague, paths)) == ([404] * 4, [200, 200, 404, 404])
    filed(colleague, checklist, MORNING)
    assert read(colleague, paths) == [404] * 4, "what is his the day after tomorrow opens nothing today"
    assert (place, [one["id"] for one in lists]) == (same, [str(checklist.id)])


@pytest.mark.usefixtures("next_grid")
def test_the_place_of_a_hazard_that_he_was_given_until_he_put_it_right(
    session: Session, admin: Client, colleague: Client, checklist: Checklist
) -> None:
    """Also where he inspects nothing: he has to find it."""
    assert checklist.id
    paths = [f"/v1/places/{BLOCK}", f"/v1/checklists?place_id={BLOCK}"]
    shut = read(colleague, paths)
    away(admin, 0, 1)
    with set_to(MORNING):
        hazard = write_hazard(session, HazardStatus.ACCEPTED, source=HazardSource.STAFF, reported_by=WORKER)
        given = {"assignee_id": str(person("colleague").user_id)}
        assert admin.step(f"/v1/hazards/{hazard.id}/assign", given).status_code == 200
        day = colleague.get("/v1/me/today").json
        open_to_him = read(colleague, paths)
        done(colleague.step(f"/v1/hazards/{hazard.id}/start", {}))
        done(colleague.step(f"/v1/hazards/{hazard.id}/rectify", {"note": "搬走了"}))
    afterwards = read(colleague, paths)

    assert (shut, open_to_him, afterwards) == ([404, 404], [200, 200], [404, 404])
    assert str(BLOCK) in [one["id"] for one in day["places"]]
