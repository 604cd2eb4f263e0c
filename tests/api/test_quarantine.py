"""Photos that the virus scanner holds back: received, and shown nowhere."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import evidence
from app.adapters import Clamd
from app.api.http.parts import EXTENSION, Parts
from app.config import ScannerSettings
from app.evidence import NamedPhoto, PhotoOwner
from app.ids import new_id
from app.models import HazardStatus, Photo, Quarantine
from tests.cast import GRID, person
from tests.client import Client
from tests.evidence.photos import file, scene
from tests.fakes import clamd as fake
from tests.matrix.stage import Stage

CLEAN, INFECTED = file(scene(300, 200)), file(scene(300, 200), comment=fake.EICAR)


@pytest.fixture
def parts(app: Flask) -> Parts:
    made: Parts = app.extensions[EXTENSION]
    return made


@pytest.fixture
def daemon(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Iterator[fake.Clamd]:
    """Give a scanner that the application asks."""
    with fake.Clamd() as running:
        scanner = Clamd(ScannerSettings(host="127.0.0.1", port=running.port))
        monkeypatch.setattr(parts.photos, "scanner", scanner)
        yield running


def named(session: Session, photo_id: UUID) -> UUID:
    """Let a hazard name a photo of the worker."""
    hazard_id = Stage(session).hazard(HazardStatus.REPORTED)
    by = person("worker").user_id
    evidence.link_photos(session, PhotoOwner.HAZARD, hazard_id, GRID, [photo_id], by=by)
    session.commit()
    return hazard_id


def test_a_clean_photo_is_shown_at_once(daemon: fake.Clamd, worker: Client) -> None:
    answer = worker.put(f"/v1/photos/{new_id()}", data=CLEAN)

    assert (answer.status_code, answer.json["arrived"], answer.json["quarantined"]) == (201, True, False)
    assert daemon.scanned == [CLEAN]


def test_a_virus_is_held_back_and_not_sent_again(
    daemon: fake.Clamd, worker: Client, session: Session
) -> None:
    """S-151: what the scanner finds is kept apart; the phone hears that it need not send it again."""
    path = f"/v1/photos/{(photo_id := new_id())}"

    answers = [worker.put(path, data=INFECTED), worker.put(path, data=INFECTED), worker.get(path)]

    assert [answer.status_code for answer in answers] == [201, 200, 200]
    for answer in answers:
        shown = {name: answer.json[name] for name in ("arrived", "quarantined", "thumb_url", "large_url")}
        assert shown == {"arrived": False, "quarantined": True, "thumb_url": None, "large_url": None}
    assert len(daemon.scanned) == 1
    row = session.get_one(Photo, photo_id)
    assert (row.quarantine, row.virus) == (Quarantine.VIRUS, fake.NAME)


@pytest.mark.parametrize("says", ["", "stream: Can't allocate memory ERROR"])
def test_without_an_answer_it_is_held_back_too(
    daemon: fake.Clamd, worker: Client, session: Session, parts: Parts, says: str
) -> None:
    """S-151: a scanner that is away, or fails, lets nothing through and refuses nothing."""
    daemon.says = says
    if not says:
        parts.photos.scanner = Clamd(ScannerSettings(host="127.0.0.1", port=1))
    answer = worker.put(f"/v1/photos/{(photo_id := new_id())}", data=CLEAN)

    assert (answer.status_code, answer.json["arrived"], answer.json["quarantined"]) == (201, False, True)
    assert session.get_one(Photo, photo_id).quarantine is Quarantine.UNSCANNED


def test_its_record_lacks_it_and_nobody_takes_it_out(
    daemon: fake.Clamd, worker: Client, admin: Client, session: Session
) -> None:
    """S-151: it is counted, addressed and handed out nowhere."""
    assert daemon
    worker.put(f"/v1/photos/{(photo_id := new_id())}", data=INFECTED)
    hazard_id = named(session, photo_id)

    assert evidence.photos_of(session, [hazard_id])[hazard_id] == [NamedPhoto(photo_id, arrived=False)]
    shown = admin.get(f"/v1/hazards/{hazard_id}").json
    assert (shown["photos_named"], shown["photos_arrived"], shown["photos"][0]["large_url"]) == (1, 0, None)
    assert admin.get(f"/v1/photos/{photo_id}/marked").status_code == 404


def test_an_address_from_before_opens_nothing(worker: Client, visitor: Client, session: Session) -> None:
    """S-151: each fetch looks whether the photo is held back."""
    shown = worker.put(f"/v1/photos/{(photo_id := new_id())}", data=CLEAN).json
    assert visitor.get(shown["large_url"]).status_code == 200
    session.get_one(Photo, photo_id).quarantine = Quarantine.VIRUS
    session.commit()

    assert visitor.get(shown["large_url"]).status_code == 404


def test_what_is_no_picture_is_refused_and_not_scanned(daemon: fake.Clamd, worker: Client) -> None:
    assert worker.put(f"/v1/photos/{new_id()}", data=fake.EICAR).status_code == 415
    assert daemon.scanned == []
