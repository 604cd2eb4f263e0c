"""Asking for a copy of one's data, fetching it, and its end."""

import secrets
import tracemalloc
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app import own_data
from app.actors import Actor
from app.adapters import CopyMissingError
from app.clock import now, set_to
from app.ids import new_id
from app.models import Guardianship, Notice, OwnCopy, SignIn
from app.own_data import LIFE, end_copies
from app.own_data.copies import MADE_WITHIN
from tests.cast import GRID, named, person
from tests.child_world import write_child, write_guardian
from tests.client import Answer, Client
from tests.own_data_world import Unpacked, ask, copy_of, fetch, make, photos_of, write_ready_copy
from tests.sealer import SEALER
from tests.trail import entries_of


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def forget_check(session: Session, name: str) -> None:
    """Let the last proof of somebody be five minutes old."""
    signed_in = session.get_one(SignIn, named(f"sign-in {name}"))
    signed_in.checked_at = now() - timedelta(minutes=5, seconds=1)
    session.commit()


def test_a_copy_is_asked_for_made_and_fetched(app: Flask, session: Session, resident: Client) -> None:
    """S-76: ready when the job was there, told by a notice, a ZIP for 72 hours."""
    copy_id = new_id()
    asked = ask(resident, copy_id)
    early = fetch(resident, copy_id)
    at = now()
    with set_to(at):
        make(app, session, copy_id)
    listed = resident.get("/v1/me/copies").json["items"]
    got = fetch(resident, copy_id)
    notice = session.scalars(select(Notice).where(Notice.user_id == person("resident").user_id)).one()

    assert (asked.status_code, asked.json["ready_at"], asked.json["size"]) == (201, None, None)
    assert outcome(early) == (409, "copy_not_ready")
    assert [one["id"] for one in listed] == [str(copy_id)]
    assert listed[0]["ready_at"] == at.isoformat()
    assert listed[0]["expires_at"] == (at + timedelta(hours=72)).isoformat()
    assert (got.status_code, got.mimetype, len(got.data)) == (200, "application/zip", listed[0]["size"])
    assert got.headers["Content-Length"] == str(listed[0]["size"])
    assert got.headers["Content-Disposition"] == f'attachment; filename="copy-{copy_id}.zip"'
    assert got.headers["Cache-Control"] == "no-store"
    assert Unpacked(got.data).rows("users")[0]["id"] == str(person("resident").user_id)
    assert (notice.kind, notice.data) == ("own_data", {"what": "copy_ready"})


def test_a_copy_is_for_who_asked_for_it_alone(
    app: Flask, session: Session, resident: Client, admin: Client
) -> None:
    """S-76: another's copy reads as not there, also for whoever sends its id."""
    copy_id = write_ready_copy(app, session, "resident")

    assert outcome(fetch(admin, copy_id)) == (404, "not_found")
    assert admin.get("/v1/me/copies").json["items"] == []
    assert outcome(ask(admin, copy_id)) == (409, "other_content")
    assert fetch(resident, copy_id).status_code == 200


@pytest.mark.parametrize("verb", ["ask", "fetch"])
def test_asking_and_fetching_need_a_fresh_check(
    app: Flask, session: Session, resident: Client, verb: str
) -> None:
    """S-76: 403 when the last proof is older than five minutes."""
    copy_id = write_ready_copy(app, session, "resident")
    forget_check(session, "resident")

    answer = fetch(resident, copy_id) if verb == "fetch" else ask(resident)

    assert outcome(answer) == (403, "reauth_required")
    assert session.scalar(select(func.count()).select_from(OwnCopy)) == 1


def test_a_long_life_is_packed_and_opened_a_few_rows_at_a_time(
    app: Flask, session: Session, resident: Client
) -> None:
    """S-76: neither making nor reading a copy of 16 MB takes more than a part of it in memory."""
    copy_id = UUID(ask(resident).json["id"])
    notice = {"area_code": GRID, "user_id": person("resident").user_id, "kind": "claim_step"}
    for _ in range(4000):
        data = {"text": secrets.token_urlsafe(4500)}
        session.execute(insert(Notice).values(id=new_id(), created_at=now(), data=data, **notice))
    session.commit()
    actor, photos = Actor(user_id=person("resident").user_id), photos_of(app)
    tracemalloc.start()
    try:
        make(app, session, copy_id)
        made = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        file = own_data.copy_file(session, actor, SEALER, photos, copy_id)
        length = sum(len(piece) for piece in file.pieces)
        read = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert length == file.size > 16_000_000
    assert made < 12_000_000
    assert read < 12_000_000


def test_visitors_get_nothing(app: Flask, session: Session, visitor: Client) -> None:
    copy_id = write_ready_copy(app, session, "resident")

    assert outcome(fetch(visitor, copy_id)) == (401, "sign_in_needed")
    assert outcome(ask(visitor)) == (401, "sign_in_needed")


def test_asking_again_is_the_same_copy_and_another_one_waits_for_its_end(
    app: Flask, session: Session, resident: Client
) -> None:
    """S-76: repeats are safe, and nobody piles up copies."""
    copy_id = new_id()
    statuses = [ask(resident, copy_id).status_code for _ in range(2)]
    second = ask(resident)
    make(app, session, copy_id)
    again = own_data.make_copy(session, SEALER, photos_of(app), copy_id)
    repeated = ask(resident, copy_id)

    assert statuses == [201, 200]
    assert outcome(second) == (409, "copy_open")
    assert again is False
    assert (repeated.status_code, repeated.json["id"]) == (200, str(copy_id))
    assert repeated.json["ready_at"] is not None
    assert session.scalar(select(func.count()).select_from(OwnCopy)) == 1


def test_after_72_hours_it_is_gone_and_its_key_too(app: Flask, session: Session, resident: Client) -> None:
    """S-76: at its time the copy is refused, then file and key are deleted, and another may be asked for."""
    copy_id = write_ready_copy(app, session, "resident")
    photos = photos_of(app)
    kept = b"".join(photos.copies.pieces(copy_id))
    with set_to(now() + LIFE - timedelta(seconds=1)):
        early = end_copies(session, photos, limit=10)
    with set_to(now() + LIFE):
        over = fetch(resident, copy_id)
        ended = [end_copies(session, photos, limit=10) for _ in range(2)]
        session.commit()
        gone = fetch(resident, copy_id)
    row = session.get_one(OwnCopy, copy_id, populate_existing=True)

    assert early == 0
    assert outcome(over) == (410, "copy_over")
    assert ended == [1, 0]
    assert outcome(gone) == (410, "copy_over")
    assert row.key_sealed is None
    assert kept[:2] != b"PK", "what a backup of the folder may still hold is sealed"
    with pytest.raises(CopyMissingError):
        photos.copies.pieces(copy_id)
    assert ask(resident).status_code == 201


def test_a_copy_that_could_not_be_made_within_a_day_ends(
    app: Flask, session: Session, resident: Client
) -> None:
    """S-76: else whoever asked would wait for ever, and could ask for no other one."""
    copy_id = new_id()
    assert ask(resident, copy_id).status_code == 201
    photos, asked_at = photos_of(app), session.get_one(OwnCopy, copy_id).asked_at
    with set_to(asked_at + MADE_WITHIN - timedelta(seconds=1)):
        early = end_copies(session, photos, limit=10)
    with set_to(asked_at + MADE_WITHIN), capture_logs() as logs:
        ended = [end_copies(session, photos, limit=10) for _ in range(2)]
    session.commit()
    told = select(Notice.data["what"].astext).where(Notice.user_id == person("resident").user_id)

    assert (early, ended) == (0, [1, 0])
    assert [(one["event"], one["copy_id"]) for one in logs] == [("copy_given_up", str(copy_id))]
    assert session.scalars(told).all() == ["copy_not_made"]
    assert outcome(fetch(resident, copy_id)) == (410, "copy_over")
    assert ask(resident).status_code == 201


def test_a_copy_whose_file_is_lost_is_over(app: Flask, session: Session, resident: Client) -> None:
    copy_id = write_ready_copy(app, session, "resident")
    photos_of(app).copies.delete(copy_id)

    assert outcome(fetch(resident, copy_id)) == (410, "copy_over")


def test_asking_and_fetching_are_in_the_audit_trail(app: Flask, session: Session, resident: Client) -> None:
    """S-76, S-100: who fetched whose copy when."""
    copy_id = new_id()
    with entries_of(session) as entries:
        ask(resident, copy_id)
        make(app, session, copy_id)
        fetch(resident, copy_id)

    assert [(one.action, one.actor_id, one.object_id, one.result) for one in entries] == [
        ("PUT /v1/me/copies/<uuid:copy_id>", person("resident").user_id, copy_id, "done"),
        ("GET /v1/me/copies/<uuid:copy_id>/file", person("resident").user_id, copy_id, "done"),
    ]


def test_a_guardian_gets_his_wards_copy_while_he_is_one(
    app: Flask, session: Session, resident: Client
) -> None:
    """S-76: for a child its verified guardian asks; when that is over, so is the copy."""
    child = write_child(session)
    guardianship = write_guardian(session, child)
    own = ask(resident)
    asked = ask(resident, resident_id=str(child))
    copy_id = UUID(asked.json["id"])
    make(app, session, copy_id)
    got = Unpacked(fetch(resident, copy_id).data)
    session.get_one(Guardianship, guardianship).ended_at = now()
    session.commit()

    assert (own.status_code, asked.status_code) == (201, 201)
    assert [one["id"] for one in got.rows("residents")] == [str(child)]
    assert got.rows("users") == []
    assert outcome(fetch(resident, copy_id)) == (404, "not_found")


def test_a_guardian_who_is_none_any_more_gets_no_file_made(
    app: Flask, session: Session, resident: Client
) -> None:
    child = write_child(session)
    guardianship = write_guardian(session, child)
    copy_id = UUID(ask(resident, resident_id=str(child)).json["id"])
    session.get_one(Guardianship, guardianship).ended_at = now()
    session.commit()

    made = own_data.make_copy(session, SEALER, photos_of(app), copy_id)

    assert made is False
    assert session.get_one(OwnCopy, copy_id).ended_at is not None
    with pytest.raises(CopyMissingError):
        photos_of(app).copies.pieces(copy_id)


def test_nobody_asks_for_somebody_elses_child(session: Session, resident: Client) -> None:
    child = write_child(session)
    write_guardian(session, child, verified=False)

    unverified, grown = (
        ask(resident, resident_id=str(child)),
        ask(resident, resident_id=str(named("neighbour"))),
    )

    assert [outcome(unverified), outcome(grown)] == [(404, "not_found")] * 2
    assert session.scalar(select(func.count()).select_from(OwnCopy)) == 0


def test_staff_without_a_place_on_the_roster_get_theirs(app: Flask, session: Session, worker: Client) -> None:
    got = copy_of(app, session, worker)

    assert got.rows("residents") == []
    assert [one["role"] for one in got.rows("grants")] == ["grid_worker"]
