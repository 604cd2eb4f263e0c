"""Two schedulers that look at a community at once tell its admin once of what they did there."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app import hazards, plans
from app.clock import business_day, now
from app.db import sessions_for, walk
from app.ids import new_id
from app.models import Checklist, Hazard, HazardStatus, Notice, Occurrence, PlaceKind
from tests.cast import GRID, HOME, person
from tests.hazard_world import BLOCK, write_hazard
from tests.plan_world import write_plan
from tests.races.together import at_once

_TABLES = ("hazard_events", "hazards", "notices", "occurrences", "plans")
MANY = 40
Step = Callable[..., tuple[int, str | None]]


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


def run_at_once(engine: Engine, step: Step) -> int:
    """Let four schedulers look in the same moment, without the lock that lets one job run at a time."""

    def run() -> int:
        def work(session: Session, after: str | None) -> tuple[int, str | None]:
            return step(session, limit=1000, after=after)

        return sum(walk(sessions_for(engine), work))

    return sum(at_once([partial(run) for _ in range(4)]))


def told(session: Session) -> list[tuple[object, int]]:
    rows = session.scalars(select(Notice)).all()
    return [(row.user_id, row.data["count"]) for row in rows if "count" in row.data]


def write_occurrence(session: Session, plan_id: object, day: int) -> None:
    """Write one that nobody has and that could be done until some days ago."""
    at = now() - timedelta(days=3 + day)
    session.add(
        Occurrence(
            id=new_id(),
            area_code=GRID,
            plan_id=plan_id,
            place_id=BLOCK,
            checklist_area_code=HOME,
            checklist_code="building",
            period_on=business_day() - timedelta(days=day),
            opens_at=at - timedelta(hours=2),
            due_at=at - timedelta(hours=1),
            missed_at=at,
            made_at=at,
        )
    )


def test_what_a_community_missed_is_told_in_one_notice(session: Session, engine: Engine) -> None:
    list_of_home = Checklist(area_code=HOME, code="building", kind=PlaceKind.RESIDENTIAL)
    plan = write_plan(session, list_of_home)
    for day in range(MANY):
        write_occurrence(session, plan.id, day)
    session.commit()

    assert run_at_once(engine, plans.tell_missed) == MANY
    assert told(session) == [(person("admin").user_id, MANY)]


def test_hazards_taken_back_are_told_in_one_notice(session: Session, engine: Engine) -> None:
    for _ in range(MANY):
        write_hazard(session, HazardStatus.ASSIGNED, assignee_id=person("neighbour").user_id)

    assert run_at_once(engine, hazards.unassign) == MANY
    assert told(session) == [(person("admin").user_id, MANY)]


def test_a_hazard_that_somebody_holds_keeps_no_other_waiting(session: Session, engine: Engine) -> None:
    """What is being seen to needs no reminder; and no more are held at once than the limit."""
    long_ago = now() - hazards.WAITS_AT_MOST - timedelta(hours=1)
    held, *_ = [write_hazard(session, received_at=long_ago) for _ in range(3)]
    with Session(engine) as other:
        other.scalars(select(Hazard).where(Hazard.id == held.id).with_for_update()).one()
        looks = []
        for _ in range(3):
            looks.append(hazards.tell_waiting(session, limit=1)[0])
            session.commit()

    assert looks == [1, 1, 0]
