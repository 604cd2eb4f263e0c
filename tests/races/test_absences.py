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


def made_ahead(session: Session, plan: Plan) -> UUID:
    """Make a plan's occurrences, and give one that is not today's."""
    plans.make(session, CALENDAR, plan.id)
    session.commit()
    ahead = select(Occurrence.id).where(Occurrence.period_on > business_day())
    return session.scalars(ahead).all()[0]


def give_away(session: Session, *, occurrence_id: UUID) -> Any:
    """Give an occurrence to the colleague."""
    actor = acting("admin").as_author(HOME)
    return plans.reassign(session, actor, occurrence_id, new_id(), worker_id=COLLEAGUE, reason="他熟悉")


@pytest.mark.parametrize("first", ["make", "send away"])
def test_nothing_is_made_for_who_is_away_by_then(
    session: Session, engine: Engine, plan: Plan, first: str
) -> None:
    def make(session: Session) -> Any:
        return plans.make(session, CALENDAR, plan.id)

    one_inside_the_other(engine, *((make, send_away) if first == "make" else (send_away, make)))

    assert whose(session) == {COLLEAGUE}


@pytest.mark.parametrize("first", ["give", "send away"])
def test_nobody_who_is_away_by_then_keeps_what_he_is_given(
    session: Session, engine: Engine, plan: Plan, first: str
) -> None:
    """Whoever gives it is told of an absence written beside it, or the absence hands it over."""
    give = partial(give_away, occurrence_id=made_ahead(session, plan))
    send = partial(send_away, who=COLLEAGUE, instead=WORKER)
    if first == "give":
        one_inside_the_other(engine, give, send)
    else:
        with pytest.raises(plans.AbsentError):
            one_inside_the_other(engine, send, give)

    assert whose(session) == {WORKER}


def test_whoever_gives_an_occurrence_has_not_locked_it_while_he_waits_for_an_absence(
    session: Session, engine: Engine, plan: Plan
) -> None:
    """Else the two would wait for each other."""
    row_id = made_ahead(session, plan)

    def keep(session: Session) -> Any:
        plans.keep_absences(session, HOME, writing=True)

    def take(session: Session) -> Any:
        row = select(Occurrence.id).where(Occurrence.id == row_id)
        session.execute(row.with_for_update(nowait=True))

    one_inside_the_other(engine, keep, partial(give_away, occurrence_id=row_id), then=take)

    assert whose(session) == {WORKER, COLLEAGUE}


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
