"""A backup that was made before people had things removed is restored, and redelete removes them again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import own_data
from app.clock import now, set_to
from app.db import db
from app.factory import create_app
from app.ids import new_id
from app.jobs.closing import carry_out_closings
from app.jobs.work import checkpoint_audit, copy_removals, sweep_photos
from app.models import (
    AuditEntry,
    Closing,
    ClosingState,
    Consent,
    Photo,
    PhotoLink,
    PhotoOwner,
    Removal,
    Resident,
    User,
    Visit,
    WeChatLink,
)
from app.people import Numbers, numbers_of, sealed_numbers
from tests.cast import named, person
from tests.child_world import write_guarded_child
from tests.client import Client
from tests.own_data.deleting import ask, decide, visited
from tests.own_data.life import Life
from tests.own_data.place import Place
from tests.sealer import SEALER


@dataclass
class Story:
    """What was there when the backup was made, and how it stood when all was removed."""

    child: UUID
    visit: UUID
    photo: UUID
    backup: str


def write(place: Place, app: Flask) -> tuple[UUID, UUID, UUID]:
    """Let much be held of a resident and of his ward, with a photo of a visit; give ward, visit, photo."""
    store = place.means.photos
    with Session(place.engine, expire_on_commit=False) as session:
        life = Life(session)
        life.write(store)
        child = write_guarded_child(session)
        row = session.get_one(Resident, child)
        columns = sealed_numbers(SEALER, child, row.area_code, Numbers("13900001234"))
        for name, value in columns.items():
            setattr(row, name, value)
        session.commit()
        visit = visited(session, Client(app, person("worker")), child).id
        photo = life.picture(store, "worker", visit, PhotoOwner.VISIT)
        session.commit()
    return child, visit, photo


def remove(place: Place, app: Flask, child: UUID) -> None:
    """Have numbers, photos and notes of the ward deleted, its consent taken back, and the account closed."""
    guardian, admin = Client(app, person("resident")), Client(app, person("admin"))
    for what in ("numbers", "photos", "notes"):
        answer = decide(admin, ask(guardian, what, child))
        assert (answer.status_code, answer.json["deleted"]) == (200, 1), answer.text
    with Session(place.engine) as session:
        consent = session.scalars(select(Consent.id).where(Consent.resident_id == child)).one()
    assert guardian.post(f"/v1/me/consents/{consent}/withdraw").status_code == 200
    closed = guardian.put(f"/v1/me/closings/{new_id()}", json={})
    assert closed.status_code == 201, closed.text
    for later in (timedelta(days=7, seconds=1), timedelta(days=7, minutes=2)):
        with set_to(now() + later):
            carry_out_closings(place.means)
    with set_to(now() + timedelta(days=9)):
        sweep_photos(place.means)
    assert copy_removals(place.means) > 0


def left(place: Place, child: UUID, visit: UUID, photo: UUID) -> dict[str, Any]:
    """Say what of all that was removed is there."""
    with Session(place.engine) as session:
        ward, himself = session.get_one(Resident, child), session.get_one(Resident, named("resident"))
        user = session.get_one(User, person("resident").user_id)
        seen = session.get_one(Visit, visit)
        told = session.scalars(select(Visit.note_sealed).where(Visit.id == visit)).one()
        given = select(func.count()).where(
            Consent.resident_id == child, Consent.given, Consent.withdrawn_at.is_(None)
        )
        links = select(func.count()).where(WeChatLink.user_id == user.id)
        return {
            "number of the ward": numbers_of(SEALER, ward).phone,
            "numbers of himself": numbers_of(SEALER, himself) != Numbers(),
            "account": user.closed_at is None,
            "phone of the account": user.phone_index is not None,
            "words": seen.answers_sealed is not None or told is not None,
            "photo": session.get(Photo, photo) is not None,
            "link of the photo": session.scalar(select(func.count()).where(PhotoLink.photo_id == photo)),
            "files": sum(photo.hex in file.name or str(photo) in file.name for file in files(place)),
            "consent": session.scalar(given),
            "links to WeChat": session.scalar(links),
        }


def files(place: Place) -> list[Path]:
    return [file for file in place.settings.photo_dir.rglob("*") if file.is_file()]


@pytest.fixture
def story(place: Place) -> Iterator[tuple[Place, Story]]:
    """Back up, let all be removed over HTTP and by the job, and restore the older state."""
    app = create_app(place.settings)
    child, visit, photo = write(place, app)
    copy_removals(place.means)
    with app.app_context():
        db.engine.dispose()
    backup = place.backup()
    remove(place, app, child)
    with app.app_context():
        db.engine.dispose()
    assert not any(left(place, child, visit, photo).values()), "else it was not removed in the first place"
    old = place.restored(backup)
    yield old, Story(child, visit, photo, backup)
    old.engine.dispose()


def test_what_people_had_removed_is_removed_again(story: tuple[Place, Story]) -> None:
    """S-78, S-81, S-94: rows, words, numbers and files come back with the backup, and go with the command."""
    old, told = story
    ids = (told.child, told.visit, told.photo)
    back = left(old, *ids)
    dry = old.run("redelete", "--dry-run")
    untouched = left(old, *ids)
    first = old.run("redelete")
    after = left(old, *ids)
    with Session(old.engine) as session:
        entries = select(func.count()).where(AuditEntry.action == "command:redelete")
        recorded, known = session.scalar(entries), session.scalar(select(func.count(Removal.id)))
        states = session.scalars(select(Closing.state)).all()
    second = old.run("redelete")
    copied = copy_removals(old.means)

    assert all(back.values()), back
    assert (dry.exit_code, untouched) == (0, back)
    assert "photos: 1" in dry.output
    assert (first.exit_code, "failed: 0" in first.output) == (0, True), first.output
    assert not any(after.values()), after
    assert states == [ClosingState.DONE]
    assert recorded
    assert known
    assert (second.exit_code, "0 of them younger" in second.output) == (0, True)
    assert copied == 0, "what was done again stands in the list already"


def test_the_job_cries_out_until_a_restored_database_has_caught_up(story: tuple[Place, Story]) -> None:
    """S-81: a database that is older than the list appends nothing, so nobody can forget the command."""
    old, _ = story
    before = old.list.read_bytes()
    with pytest.raises(own_data.ListAheadError, match=re.escape("run `python -m app.cli redelete`")):
        copy_removals(old.means)
    unchanged = old.list.read_bytes()
    assert old.run("redelete").exit_code == 0

    assert unchanged == before
    assert copy_removals(old.means) == 0


def test_the_trail_of_a_restored_database_tells_what_it_lost(story: tuple[Place, Story]) -> None:
    """S-81, S-101: checkpoints younger than the backup are missed; what the command did is in the trail."""
    old, told = story
    with set_to(now() + timedelta(days=8)):
        lost = replace(old.means, audit_copies=old.folder / "lost")
        assert checkpoint_audit(lost) == 1
    checkpoint = (old.folder / "lost").read_text()
    older = old.restored(told.backup)
    (old.folder / "checkpoints").write_text(checkpoint)
    done, verified = older.run("redelete"), older.run("verify-audit")
    older.engine.dispose()

    assert done.exit_code == 0
    assert verified.exit_code == 1
    assert "is in the copy, not in the database" in verified.output
