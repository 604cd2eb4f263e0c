"""Who may take which step of a hazard."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ids import new_id
from app.models import (
    HazardLevel,
    HazardStatus,
    PhotoLink,
)
from tests.client import Client
from tests.hazard_world import VERBS, Take, done, refused, write_hazard

Be = Callable[[str], Client]


@pytest.fixture
def take(be: Be) -> Take:
    return Take(be)


@pytest.mark.parametrize("verb", list(VERBS))
def test_another_community_reads_as_not_there(session: Session, take: Take, verb: str) -> None:
    name, start, _, sent = VERBS[verb]
    far = {"admin": "far_admin", "worker": "far_worker", "colleague": "far_worker", "county": "far_county"}
    hazard = write_hazard(session, HazardStatus(start), level=HazardLevel.MAJOR)
    if verb == "duplicate":
        sent = {"duplicate_of_id": str(write_hazard(session).id)}

    assert refused(take(far[name], hazard, verb, **sent)) == (404, "not_found")


@pytest.mark.parametrize(
    "verb,names",
    [
        ("accept", "worker lead clerk county city resident"),
        ("assign", "worker lead clerk county city resident"),
        ("start", "clerk county city resident"),
        ("verify", "lead clerk county city resident"),
        ("close", "worker lead clerk admin city resident"),
    ],
)
def test_a_function_belongs_to_its_roles(session: Session, take: Take, verb: str, names: str) -> None:
    _, start, _, sent = VERBS[verb]
    hazard = write_hazard(session, HazardStatus(start), level=HazardLevel.MAJOR)

    for name in names.split():
        assert refused(take(name, hazard, verb, **sent)) == (403, "forbidden")
    session.refresh(hazard)
    assert hazard.status == start


@pytest.mark.parametrize(
    "status,allowed",
    [
        ("reported", {"admin": ["accept", "reject", "duplicate"]}),
        ("accepted", {"admin": ["assign"]}),
        ("assigned", {"worker": ["start"]}),
        ("rectifying", {"worker": ["rectify"]}),
        ("rectified", {"colleague": ["verify"], "admin": ["verify"]}),
        ("verified", {"county": ["close"]}),
        ("closed", {}),
    ],
)
def test_the_reader_learns_what_he_may_do_next(
    session: Session, be: Be, status: str, allowed: dict[str, list[str]]
) -> None:
    hazard = write_hazard(session, HazardStatus(status), level=HazardLevel.MAJOR)

    for name in ("worker", "colleague", "lead", "admin", "county", "city", "resident"):
        assert be(name).get(f"/v1/hazards/{hazard.id}").json["allowed"] == allowed.get(name, [])


def test_the_photos_of_a_repeated_step_are_linked_once(session: Session, take: Take) -> None:
    hazard, photo = write_hazard(session, HazardStatus.RECTIFYING), new_id()
    for _ in range(2):
        done(take("worker", hazard, "rectify", photo_ids=[str(photo)]))

    links: list[UUID] = list(session.scalars(select(PhotoLink.photo_id)))
    assert links == [photo]
