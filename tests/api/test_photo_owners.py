"""A photo that a record names is its author's: nobody else fills its place, nobody reads by naming it."""

from uuid import UUID

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.ids import new_id
from app.models import Hazard, HazardStatus, Photo
from tests.cast import named
from tests.client import Client
from tests.matrix.routes_base import picture
from tests.own_data.closing import close


def _report(reporter: Client, photo_id: UUID) -> str:
    body = {
        "place_id": str(named("block")),
        "category": "fire",
        "text": "楼道堆放杂物",
        "captured_at": now().isoformat(),
        "photo_ids": [str(photo_id)],
    }
    path = f"/v1/hazards/{new_id()}"
    assert reporter.put(path, json=body).status_code == 201
    return path


def test_nobody_else_fills_the_place_of_a_named_photo(
    worker: Client, far_admin: Client, session: Session
) -> None:
    photo_id = new_id()
    _report(worker, photo_id)

    foreign = far_admin.put(f"/v1/photos/{photo_id}", data=picture())

    assert (foreign.status_code, foreign.json["code"]) == (404, "not_found")
    assert session.scalars(select(Photo.id).where(Photo.id == photo_id)).all() == []
    assert worker.put(f"/v1/photos/{photo_id}", data=picture()).status_code == 201


def test_nobody_fills_the_place_of_a_photo_that_a_frozen_record_names(
    app: Flask, resident: Client, worker: Client, admin: Client, session: Session
) -> None:
    """S-79: whoever closed his account named it and never sent it; the record stays as it was."""
    photo_id = new_id()
    path = _report(resident, photo_id)
    session.execute(update(Hazard).values(status=HazardStatus.CLOSED))
    session.commit()
    close(app, session, resident)
    assert admin.get(path).status_code == 404

    sent = [who.put(f"/v1/photos/{photo_id}", data=picture()) for who in (worker, admin)]

    assert [(answer.status_code, answer.json["code"]) for answer in sent] == [(404, "not_found")] * 2
    assert session.scalars(select(Photo.id).where(Photo.id == photo_id)).all() == []


def test_naming_anothers_photo_shows_nothing_of_it(worker: Client, resident: Client) -> None:
    photo_id = new_id()
    assert worker.put(f"/v1/photos/{photo_id}", data=picture()).status_code == 201

    path = _report(resident, photo_id)

    shown = resident.get(path).json["photos"]
    assert [(photo["arrived"], photo["large_url"]) for photo in shown] == [(False, None)]
    assert resident.get(f"/v1/photos/{photo_id}").status_code == 404


def test_the_author_s_own_photo_is_shown_whichever_came_first(resident: Client) -> None:
    early, late = new_id(), new_id()
    resident.put(f"/v1/photos/{early}", data=picture())
    first, second = _report(resident, early), _report(resident, late)
    resident.put(f"/v1/photos/{late}", data=picture())

    assert resident.get(first).json["photos"][0]["arrived"] is True
    assert resident.get(second).json["photos"][0]["arrived"] is True
