"""Who may take which step of a hazard."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    Area,
    AreaLevel,
    Grant,
    HazardLevel,
    HazardSource,
    HazardStatus,
    PhotoLink,
)
from tests.cast import HOME, NEXT, named, person
from tests.client import Client
from tests.hazard_world import STARTS, VERBS, WITH_WORKER, Take, done, refused, write_hazard

Be = Callable[[str], Client]


@pytest.mark.parametrize("verb,start", STARTS)
def test_another_community_reads_as_not_there(session: Session, take: Take, verb: str, start: str) -> None:
    name, _, _, sent = VERBS[verb]
    far = {"admin": "far_admin", "worker": "far_worker", "colleague": "far_worker", "county": "far_county"}
    hazard = write_hazard(session, HazardStatus(start), level=HazardLevel.MAJOR)
    if verb == "duplicate":
        sent = {"duplicate_of_id": str(write_hazard(session).id)}

    assert refused(take(far[name], hazard, verb, **sent)) == (404, "not_found")


@pytest.mark.parametrize(
    "verb,start,names",
    [
        ("accept", "reported", "worker lead clerk city resident"),
        ("reject", "reported", "worker lead clerk city resident"),
        ("duplicate", "reported", "worker lead clerk county city resident"),
        ("assign", "accepted", "worker lead clerk city resident"),
        ("assign", "assigned", "worker lead clerk city resident"),
        ("assign", "rectifying", "worker lead clerk city resident"),
        ("start", "assigned", "clerk county city resident"),
        ("verify", "rectified", "lead clerk county city resident"),
        ("close", "verified", "worker lead clerk admin city resident"),
    ],
)
def test_a_function_belongs_to_its_roles(
    session: Session, take: Take, verb: str, start: str, names: str
) -> None:
    _, _, _, sent = VERBS[verb]
    if verb == "duplicate":
        sent = {"duplicate_of_id": str(write_hazard(session).id)}
    hazard = write_hazard(session, HazardStatus(start), level=HazardLevel.MAJOR)

    for name in names.split():
        assert refused(take(name, hazard, verb, **sent)) == (403, "forbidden")
    session.refresh(hazard)
    assert hazard.status == start


@pytest.mark.parametrize(
    "status,level,allowed",
    [
        ("reported", "major", {"admin": "accept duplicate", "county": "accept reject supervise"}),
        ("reported", "general", {"admin": "accept reject duplicate", "county": "accept supervise"}),
        (
            "accepted",
            "major",
            {"admin": "assign transfer report_controls", "county": "assign supervise transfer"},
        ),
        ("accepted", "general", {"admin": "raise_level assign transfer", "county": "raise_level supervise"}),
        (
            "assigned",
            "major",
            {
                "worker": "start ask_extension report_controls",
                "admin": "assign transfer report_controls",
                "county": "assign supervise transfer",
            },
        ),
        (
            "assigned",
            "general",
            {
                "worker": "start ask_extension",
                "admin": "raise_level assign transfer",
                "county": "raise_level supervise",
            },
        ),
        (
            "rectifying",
            "major",
            {
                "worker": "rectify ask_extension report_controls",
                "admin": "assign transfer report_controls",
                "county": "assign supervise transfer",
            },
        ),
        (
            "rectifying",
            "general",
            {
                "worker": "rectify ask_extension",
                "admin": "raise_level assign transfer",
                "county": "raise_level supervise",
            },
        ),
        ("rectified", "major", {"colleague": "verify", "admin": "verify", "county": "supervise"}),
        ("verified", "major", {"county": "close supervise"}),
        ("closed", "major", {"resident": "rate"}),
    ],
)
def test_the_reader_learns_what_he_may_do_next(
    session: Session, be: Be, status: str, level: str, allowed: dict[str, str]
) -> None:
    """The city, which supervises whatever is not ended, is not listed."""
    hazard = write_hazard(session, HazardStatus(status), level=HazardLevel(level))
    by_city = {"city": "" if status == "closed" else "supervise"}

    for name in ("worker", "colleague", "lead", "admin", "county", "city", "resident"):
        shown = be(name).get(f"/v1/hazards/{hazard.id}").json["allowed"]
        assert shown == (allowed | by_city).get(name, "").split()


@pytest.mark.parametrize("status", ["accepted", "assigned", "rectifying"])
def test_the_county_gives_out_major_hazards_only(session: Session, take: Take, status: str) -> None:
    _, _, _, sent = VERBS["assign"]
    if status != "accepted":
        sent = sent | WITH_WORKER
    general = write_hazard(session, HazardStatus(status))
    major = write_hazard(session, HazardStatus(status), level=HazardLevel.MAJOR)

    assert refused(take("county", general, "assign", **sent)) == (403, "not_major")
    assert done(take("county", major, "assign", **sent))["assignee_name"] == "colleague"
    session.refresh(general)
    assert general.status == status


def test_what_came_in_as_major_only_the_county_rejects(session: Session, take: Take) -> None:
    major, general = (write_hazard(session, level=HazardLevel(level)) for level in ("major", "general"))
    kept, others = (
        take("admin", major, "reject", reason="没有"),
        take("county", general, "reject", reason="没有"),
    )

    assert (refused(kept), kept.json["title"]) == (
        (403, "major_rejected"),
        "重大隐患只有县里才能决定不受理，请报县里",
    )
    assert refused(others) == (403, "not_major")
    session.refresh(major)
    assert major.status is HazardStatus.REPORTED
    assert done(take("county", major, "reject", reason="没有"))["status"] == "rejected"
    assert done(take("admin", general, "reject", reason="没有"))["status"] == "rejected"


def test_the_photos_of_a_repeated_step_are_linked_once(session: Session, take: Take) -> None:
    hazard, photo = write_hazard(session, HazardStatus.RECTIFYING), new_id()
    step_id = str(new_id())
    for _ in range(2):
        done(take("worker", hazard, "rectify", step_id=step_id, photo_ids=[str(photo)]))

    links: list[UUID] = list(session.scalars(select(PhotoLink.photo_id)))
    assert links == [photo]


def test_staff_read_what_they_reported_in_another_grid_but_not_in_another_community(
    session: Session, be: Be
) -> None:
    grant, other_grid = session.get_one(Grant, named("grant colleague")), HOME + "002"
    session.add(Area(code=other_grid, name="第二网格", level=AreaLevel.GRID, parent_code=HOME))
    reported = write_hazard(session, source=HazardSource.STAFF, reported_by=person("colleague").user_id)
    another = write_hazard(session, source=HazardSource.STAFF, reported_by=person("worker").user_id)
    read = {}
    for area_code in other_grid, NEXT:
        grant.area_code = area_code
        session.commit()
        ids = [one["id"] for one in be("colleague").get("/v1/hazards").json["items"]]
        single = [be("colleague").get(f"/v1/hazards/{one.id}").status_code for one in (reported, another)]
        read[area_code] = (ids, single)

    assert read == {other_grid: ([str(reported.id)], [200, 404]), NEXT: ([], [404, 404])}
