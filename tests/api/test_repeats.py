"""What is sent again is recognised before anything is judged again, however the world changed since."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Checklist, Grant, Hazard, Inspection, Place, PlaceKind
from tests.cast import FAR, NEXT, named, person
from tests.client import Client
from tests.hazard_world import (
    BLOCK,
    count,
    file,
    inspection_body,
    problem,
    refused,
    report_body,
    write_code,
)

Be = Callable[[str | None], Client]


def move_place(session: Session) -> None:
    """Move the block out of the worker's areas."""
    session.execute(update(Place).where(Place.id == BLOCK).values(area_code=FAR))
    session.commit()


def change_kind(session: Session) -> None:
    """Let the block be no residential building any more."""
    session.execute(update(Place).where(Place.id == BLOCK).values(kind=PlaceKind.WORKSHOP))
    session.commit()


def take_back(session: Session) -> None:
    """Take every checklist back until tomorrow."""
    session.execute(update(Checklist).values(published_at=now() + timedelta(days=1)))
    session.commit()


def move_worker(session: Session) -> None:
    """Let the worker work in another community from now on."""
    grant = update(Grant).where(Grant.user_id == person("worker").user_id)
    session.execute(grant.values(area_code=NEXT))
    session.commit()


CHANGES = [move_place, change_kind, take_back, move_worker]


@pytest.mark.parametrize("change", CHANGES)
def test_an_inspection_sent_again_is_the_first_one(
    session: Session, worker: Client, checklist: Checklist, change: Callable[[Session], None]
) -> None:
    inspection_id, body = new_id(), inspection_body(checklist, _1=problem())
    first = file(worker, body, inspection_id)
    change(session)

    again = file(worker, body, inspection_id)
    other = file(worker, body | {"note": "改过"}, inspection_id)
    fresh = file(worker, body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert refused(other) == (409, "other_content")
    assert fresh.status_code in {404, 422}, "what is new is judged as ever"
    assert (count(session, Inspection), count(session, Hazard)) == (1, 1)


def test_whoever_may_file_nothing_any_more_gets_nothing(
    session: Session, worker: Client, checklist: Checklist
) -> None:
    inspection_id, body = new_id(), inspection_body(checklist)
    file(worker, body, inspection_id)
    grant = update(Grant).where(Grant.user_id == person("worker").user_id)
    session.execute(grant.values(valid_until=now() - timedelta(minutes=1)))
    session.commit()

    assert refused(file(worker, body, inspection_id)) == (403, "post_ended")


@pytest.mark.parametrize("change", [move_place, move_worker])
def test_a_report_sent_again_is_the_first_one(
    session: Session, worker: Client, change: Callable[[Session], None]
) -> None:
    path, body = f"/v1/hazards/{new_id()}", report_body()
    first = worker.put(path, json=body)
    change(session)

    again = worker.put(path, json=body)
    other = worker.put(path, json=body | {"text": "改过"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert _without_verbs(again.json) == _without_verbs(first.json)
    assert refused(other) == (409, "other_content")
    assert count(session, Hazard) == 1


def test_a_residents_report_by_code_sent_again_after_the_place_moved(
    session: Session, app: Flask, resident: Client
) -> None:
    path = f"/v1/hazards/{new_id()}"
    body = {**report_body(), "place_id": None, "code": write_code(session, app)}
    first = resident.put(path, json=body)
    move_place(session)

    again = resident.put(path, json=body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json


@pytest.mark.parametrize("name, status", [("colleague", 409), ("far_worker", 404)])
def test_anothers_id_is_judged_like_a_new_one(
    session: Session, be: Be, worker: Client, checklist: Checklist, name: str, status: int
) -> None:
    inspection_id, report_id = new_id(), new_id()
    body, report = inspection_body(checklist), report_body()
    file(worker, body, inspection_id)
    worker.put(f"/v1/hazards/{report_id}", json=report)

    other = be(name)

    assert file(other, body, inspection_id).status_code == status
    assert other.put(f"/v1/hazards/{report_id}", json=report).status_code == status
    assert (count(session, Inspection), count(session, Hazard)) == (1, 1)


def test_anothers_id_is_not_told_where_a_new_one_would_be_refused(
    be: Be, worker: Client, checklist: Checklist
) -> None:
    inspection_id, body = new_id(), inspection_body(checklist)
    file(worker, body, inspection_id)
    moved = body | {"place_id": str(named("far_block"))}

    taken, free = file(be("colleague"), moved, inspection_id), file(be("colleague"), moved)

    assert refused(taken) == refused(free) == (404, "not_found")


def _without_verbs(shown: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the reader may do next, which follows his grants of today."""
    return {name: value for name, value in shown.items() if name != "allowed"}
