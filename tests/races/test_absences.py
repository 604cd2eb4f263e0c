"""Whoever makes occurrences and whoever enters an absence at the same moment see what the other wrote."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app import plans
from app.clock import business_day
from app.ids import new_id
from app.models import Absence, AbsenceReason, Checklist, Occurrence, PlaceKind, Plan
from tests.cast import HOME, acting, person
from tests.plan_world import CALENDAR, write_plan
from tests.races.together import one_inside_the_other

WORKER, COLLEAGUE = (person(name).user_id for name in ("worker", "colleague"))
_TABLES = ("absences", "notices", "occurrences", "plans")


@pytest.fixture
def session(app: Flask, engine: Engine) -> Iterator[Session]:
    """Give a session that commits; empty the tables afterwards."""
    assert app
    with Session(engine, expire_on_commit=False) as made:
        yield made
        made.rollback()
        for table in _TABLES:
            made.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own names
        made.commit()


@pytest.fixture
def plan(session: Session) -> Plan:
    list_of_home = Checklist(area_code=HOME, code="building", kind=PlaceKind.RESIDENTIAL)
    return write_plan(session, list_of_home, starts_on=business_day())


def send_away(session: Session) -> Any:
    """Enter an absence of the worker that begins tomorrow."""
    first = business_day() + timedelta(days=1)
    span = {"from_on": first, "until_on": first + timedelta(days=30)}
    new = plans.NewAbsence(HOME, WORKER, COLLEAGUE, reason=AbsenceReason.LEAVE, **span)
    return plans.record_absence(session, acting("admin").as_author(HOME), new_id(), new)


def whose(session: Session) -> set[Any]:
    ahead = select(Occurrence.worker_id).where(Occurrence.period_on > business_day())
    return set(session.scalars(ahead))


@pytest.mark.parametrize("first", ["make", "send away"])
def test_nothing_is_made_for_who_is_away_by_then(
    session: Session, engine: Engine, plan: Plan, first: str
) -> None:
    def make(session: Session) -> Any:
        return plans.make(session, CALENDAR, plan.id)

    one_inside_the_other(engine, *((make, send_away) if first == "make" else (send_away, make)))

    assert whose(session) == {COLLEAGUE}


def test_two_absences_of_the_same_days_at_once_are_one(session: Session, engine: Engine, plan: Plan) -> None:
    assert plan
    with pytest.raises(plans.AbsenceOverlapsError):
        one_inside_the_other(engine, send_away, send_away)

    assert len(session.scalars(select(Absence)).all()) == 1
