"""Two schedulers at once sound each alarm once."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app import hazards
from app.clock import now
from app.models import HazardAlarm, HazardEvent, HazardStatus, Notice
from tests.hazard_world import count, write_hazard
from tests.races.together import at_once

_TABLES = ("hazard_alarms", "hazard_events", "hazards", "notices")
MANY = 60


@pytest.fixture
def session(app: Flask, engine: Engine) -> Iterator[Session]:
    """Give a session that commits; empty the tables afterwards, past the trigger that keeps history."""
    assert app
    with Session(engine, expire_on_commit=False) as made:
        yield made
        made.rollback()
        made.execute(text("SET LOCAL session_replication_role = replica"))
        for table in _TABLES:
            made.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own names
        made.commit()


def test_no_alarm_sounds_twice(session: Session, engine: Engine) -> None:
    """Without the lock that lets one job run at a time, so that nothing but the rows decides."""
    began, due = now() - timedelta(days=9), now() - timedelta(days=1)
    for _ in range(MANY):
        write_hazard(session, HazardStatus.ASSIGNED, due_from=began, due_at=due, alarm_at=began)

    taken = at_once([partial(_run, engine) for _ in range(4)])

    assert sum(taken) == MANY
    assert (count(session, HazardAlarm), count(session, HazardEvent)) == (2 * MANY, 2 * MANY)
    assert count(session, Notice) == 5 * MANY, "worker and admin of both, the county of its own"


def _run(engine: Engine) -> int:
    """Look until nothing is left, in small steps, as a scheduler does."""
    done = 0
    with Session(engine) as session:
        while step := hazards.take_alarms(session, limit=7):
            session.commit()
            done += step
    return done
