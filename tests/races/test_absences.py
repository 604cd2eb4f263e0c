"""Whoever makes occurrences and whoever enters an absence at the same moment see what the other wrote."""

from collections.abc import Iterator
from datetime import time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import checklists, plans
from app.checklists.drafts import ChecklistPlannedError
from app.clock import business_day
from app.ids import new_id
from app.models import (
    Absence,
    AbsenceReason,
    Area,
    Checklist,
    Occurrence,
    OnDayOff,
    PlaceKind,
    Plan,
    PlanFrequency,
)
from tests.cast import HOME, LONG_AGO, acting, person
from tests.plan_world import CALENDAR, write_plan
from tests.races.together import one_inside_the_other

WORKER, COLLEAGUE = (person(name).user_id for name in ("worker", "colleague"))
_TABLES = ("absences", "notices", "plan_events", "occurrences", "plans")


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


def send_away(session: Session, who: UUID = WORKER, instead: UUID = COLLEAGUE) -> Any:
    """Enter an absence that begins tomorrow."""
    first = business_day() + timedelta(days=1)
    span = {"from_on": first, "until_on": first + timedelta(days=30)}
    new = plans.NewAbsence(HOME, who, instead, reason=AbsenceReason.LEAVE, **span)
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


def test_two_who_stand_in_for_each_other_at_once_do_not(session: Session, engine: Engine, plan: Plan) -> None:
    assert plan
    crossed = partial(send_away, who=COLLEAGUE, instead=WORKER)
    with pytest.raises(plans.NobodyStandsInError):
        one_inside_the_other(engine, send_away, crossed)

    assert [one.worker_id for one in session.scalars(select(Absence))] == [WORKER]


def test_a_change_of_a_plan_and_an_absence_do_not_lock_each_other_out(
    session: Session, engine: Engine, plan: Plan
) -> None:
    """Whoever takes occurrences away waits for who writes an absence, before he has locked any of them."""
    plans.make(session, CALENDAR, plan.id)
    session.commit()

    def end(session: Session) -> Any:
        actor = acting("admin").as_author(HOME)
        return plans.end_plan(session, actor, plan.id, new_id(), ends_on=business_day())

    def enter(session: Session) -> Any:
        home = select(Area.code).where(Area.code == HOME)
        session.execute(home.with_for_update(key_share=True, nowait=True))

    with pytest.raises(OperationalError, match="could not obtain lock"):
        one_inside_the_other(engine, end, enter)


@pytest.fixture
def listed(session: Session) -> Iterator[Checklist]:
    row = Checklist(id=new_id(), area_code="421224", code="raced", kind=PlaceKind.RESIDENTIAL, title="检查表")
    row.version, row.published_at = 1, LONG_AGO
    session.add(row)
    session.commit()
    yield row
    session.rollback()
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(delete(Checklist).where(Checklist.id == row.id))
    session.commit()


@pytest.mark.parametrize("first", ["retire", "make"])
def test_no_plan_is_made_for_a_list_that_is_retired_meanwhile(
    engine: Engine, listed: Checklist, first: str
) -> None:
    def retire(session: Session) -> Any:
        return checklists.retire(session, acting("county").as_author("421224"), listed.id)

    def make(session: Session) -> Any:
        terms = plans.Terms(
            title="每日巡查",
            frequency=PlanFrequency.DAILY,
            on_day_off=OnDayOff.KEEP,
            starts_on=business_day(),
            opens=time(8, 0),
            due_after_min=600,
            missed_after_min=120,
        )
        new = plans.NewPlan(HOME, listed.id, terms)
        return plans.make_plan(session, acting("admin").as_author(HOME), new_id(), new)

    if first == "retire":
        with pytest.raises(plans.PlanChecklistError):
            one_inside_the_other(engine, retire, make)
    else:
        with pytest.raises(ChecklistPlannedError):
            one_inside_the_other(engine, make, retire)
