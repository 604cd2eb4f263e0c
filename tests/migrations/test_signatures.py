"""Visits that were signed by one signature before each had its own: the first that arrived keeps it."""

from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app.ids import new_id
from tests.migrations.conftest import At, to
from tests.migrations.test_sealing_rows import write_household, write_resident, write_user, write_visit

BEFORE, AFTER = "20261210_0101", "20261210_0801"
AGAIN = text(
    "INSERT INTO visits SELECT (jsonb_populate_record(v, to_jsonb(v) || jsonb_build_object("
    "'id', CAST(:again AS text), 'received_at', CAST(:at AS text)))).* FROM visits v WHERE v.id = :first"
)
NAME = text(
    "INSERT INTO photo_links (record_id, photo_id, record_kind, area_code, position, named_by)"
    " VALUES (:visit, :photo, 'signature', '4212', 0, :by)"
)


def _sign(connection: Connection, visit: UUID, photo: UUID, by: UUID) -> None:
    connection.execute(NAME, {"visit": visit, "photo": photo, "by": by})


def test_the_first_keeps_it_and_the_later_ones_are_unsigned(at: At) -> None:
    connection = at(BEFORE)
    resident = write_resident(connection, write_household(connection), "2026-01-05")
    worker, signature, other = write_user(connection, old_password_hashes="[]"), new_id(), new_id()
    told = {"basis": "duty", "confirmation": "signed"}
    first = write_visit(connection, resident, worker, **told)
    later, denied, alone = new_id(), new_id(), new_id()
    for again, day in ((later, "2026-01-07"), (denied, "2026-01-08"), (alone, "2026-01-09")):
        connection.execute(AGAIN, {"again": str(again), "at": day, "first": first})
    connection.execute(text("UPDATE visits SET confirmation = 'denied' WHERE id = :id"), {"id": denied})
    for visit, photo in ((later, signature), (denied, signature), (first, signature), (alone, other)):
        _sign(connection, visit, photo, worker)
    connection.commit()

    to(connection, AFTER)

    said: dict[UUID, str] = dict(connection.execute(text("SELECT id, confirmation FROM visits")).all())
    assert said == {first: "signed", later: "none", denied: "denied", alone: "signed"}
    assert set(connection.scalars(text("SELECT record_id FROM photo_links"))) == {first, alone}
    with pytest.raises(IntegrityError, match="uq_photo_links_signature"):
        _sign(connection, later, signature, worker)
