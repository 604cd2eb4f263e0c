"""What everybody can see names no child."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.models import Claim, ClaimStatus, HazardStatus, PhotoOwner, Resident
from tests.cast import person
from tests.client import Client
from tests.hazard_world import write_code
from tests.matrix.lines import ANYBODY
from tests.matrix.routes import LINES
from tests.matrix.stage import Stage

CHILD = "凌霄子衿"
_LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)"')
_SEEN_BY_NEIGHBOURS = (
    "/v1/claims/notice",
    "/v1/rewards",
    "/v1/rules",
    "/v1/hazards",
    "/v1/places",
    "/v1/claims",
)


@pytest.fixture
def begun(app: Flask, session: Session) -> list[str]:
    """Write a child with all that is public of a household; give where a stranger begins to look."""
    stage = Stage(session)
    session.get_one(Resident, child_id := stage.child()).name = CHILD
    session.get_one(Claim, stage.claim(ClaimStatus.IN_NOTICE)).resident_id = child_id
    stage.photo(stage.hazard(HazardStatus.REPORTED), PhotoOwner.HAZARD)
    stage.reward()
    code = write_code(session, app)
    calls = [line.call(stage).path for line in LINES if line.method == "GET" and ANYBODY in line.allowed]
    session.commit()
    return [f"/q/{code}", "/docs/", "/openapi.json", *calls]


def _crawled(client: Client, begun: list[str]) -> Iterator[tuple[str, int, bytes]]:
    """Give each address that can be reached by links, with what it answers."""
    waiting, seen = list(begun), set[str]()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            answer = client.get(path, buffered=True)
            waiting += _LINK.findall(answer.text) if answer.mimetype == "text/html" else []
            location = answer.headers.get("Location", "")
            waiting += [location] if location.startswith("/") else []
            yield path, answer.status_code, answer.data


def test_a_stranger_meets_no_child(app: Flask, begun: list[str]) -> None:
    """S-96: crawling all public pages as anonymous gives no hit."""
    found = list(_crawled(Client(app, None), begun))

    assert {path for path, status, _ in found if status == 200} >= {begun[0], "/v1/notice-of-privacy"}
    assert [path for path, _, data in found if _names(data)] == []


@pytest.mark.parametrize("path", _SEEN_BY_NEIGHBOURS)
def test_neighbours_meet_no_child_in_lists(app: Flask, begun: list[str], path: str) -> None:
    """S-96: nor do lists that the whole community may read, the public notice of points among them."""
    assert begun
    answer = Client(app, person("neighbour")).get(path)

    assert answer.status_code == 200
    assert path in {"/v1/claims", "/v1/hazards"} or answer.json["items"], "there is something to look through"
    assert not _names(answer.data)


def test_there_is_a_child_to_meet(app: Flask, session: Session, begun: list[str]) -> None:
    """S-96: the search can fail: those who look after the child see the name."""
    assert begun
    path = f"/v1/households/{Stage(session).household_id}/residents"

    assert _names(Client(app, person("worker")).get(path).data)


def _names(data: bytes) -> bool:
    """Say whether the child's name, or its surname with what stands for the rest, is in what was answered."""
    text = data.decode(errors="replace")
    return CHILD in text or CHILD.encode("unicode_escape").decode() in text or CHILD[1:] in text
