"""The history of hazards before and after it had a word for a change of hands."""

from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app import migrating
from app.ids import new_id
from tests.migrations.conftest import At

BEFORE, AFTER = "20261124_1130", "20261124_1140"
HAZARD = new_id()


@pytest.fixture
def connection(at: At) -> Connection:
    """Give a database of its own at the version before, with a hazard."""
    made = at(BEFORE)
    place_id = new_id()
    made.execute(text("INSERT INTO areas (code, name, level) VALUES ('4212', '咸宁市', 'city')"))
    made.execute(
        text(
            "INSERT INTO places (id, area_code, kind, name, address, radius_m, content_hash, created_at) "
            "VALUES (:id, '4212', 'residential', '1号楼', '', 80, '', '2026-11-01')"
        ),
        {"id": place_id},
    )
    made.execute(
        text(
            "INSERT INTO hazards (id, area_code, place_id, source, category, level, text, status, "
            "recurrences, recheck_failures, content_hash, clock_flag, presence, presence_reasons, "
            "captured_at, received_at) VALUES (:id, '4212', :place_id, 'staff', 'fire', 'general', "
            "'堆了纸箱', 'assigned', 0, 0, '', 'ok', 'unverified', '[]', '2026-11-02', '2026-11-02')"
        ),
        {"id": HAZARD, "place_id": place_id},
    )
    return made


def _add_event(connection: Connection, number: int, step: str) -> UUID:
    event_id = new_id()
    connection.execute(
        text(
            "INSERT INTO hazard_events (id, area_code, hazard_id, number, step, status_after, at, note, "
            "data, content_hash) VALUES (:id, '4212', :hazard_id, :number, :step, 'assigned', '2026-11-03', "
            """'住院', '{"former_id": "a"}', '')"""
        ),
        {"id": event_id, "hazard_id": HAZARD, "number": number, "step": step},
    )
    return event_id


def _steps(connection: Connection) -> list[str]:
    return list(connection.scalars(text("SELECT step FROM hazard_events ORDER BY number")))


def _refuses(connection: Connection, step: str) -> bool:
    with pytest.raises(IntegrityError, match="ck_hazard_events_hazardstep"), connection.begin_nested():
        _add_event(connection, 9, step)
    return True


def test_the_new_word_is_taken_and_no_other(connection: Connection) -> None:
    assert _refuses(connection, "reassign")
    _add_event(connection, 1, "assign")

    command.upgrade(migrating.config(connection), AFTER)
    _add_event(connection, 2, "reassign")

    assert _steps(connection) == ["assign", "reassign"]
    assert _refuses(connection, "anything")


def test_the_way_back_calls_it_an_assignment_and_keeps_the_rest(connection: Connection) -> None:
    command.upgrade(migrating.config(connection), AFTER)
    _add_event(connection, 1, "assign")
    _add_event(connection, 2, "reassign")
    kept = text("SELECT to_jsonb(hazard_events) - 'step' FROM hazard_events ORDER BY number")
    before = connection.scalars(kept).all()

    command.downgrade(migrating.config(connection), BEFORE)

    assert _steps(connection) == ["assign", "assign"]
    assert connection.scalars(kept).all() == before
    assert _refuses(connection, "reassign")
    with pytest.raises(IntegrityError, match="append-only"), connection.begin_nested():
        connection.execute(text("UPDATE hazard_events SET note = ''"))
