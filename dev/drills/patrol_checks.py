"""What there is after the quarter, compared with what the model says there should be."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import chinese_calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import identity, plans
from app.actors import Role
from app.cli.seed.site import BIG, CITY, COUNTY
from app.clock import SHANGHAI
from app.models import HazardAlarm, HazardEvent, HazardStep, Notice, NoticeKind, Occurrence
from dev.drills.drill import hold
from dev.drills.patrol import Patrol
from dev.drills.quarter import AHEAD, is_worked, openings


def checked(session: Session, patrol: Patrol) -> str:
    """Compare everything; give the figures."""
    for one in range((patrol.size.last + AHEAD - patrol.size.first).days + 1):
        day = patrol.size.first + timedelta(days=one)
        hold(is_worked(day) == chinese_calendar.is_workday(day), f"the calendars differ about {day}")
    missed = _check_occurrences(session, patrol)
    alarms = _check_alarms(session, patrol)
    notices = _check_notices(session, patrol)
    more, handed = _with(patrol, "more"), _with(patrol, "handed")
    fates = f"{more} asked for more time, {handed} went elsewhere, {patrol.taken_back} were taken back"
    return (
        f"{len(patrol.asked)} occurrences of {patrol.size.days} days, {missed} missed, {alarms} steps of "
        f"{len(patrol.dangers)} hazards ({fates}), {notices} notices, each once and in its minute"
    )


def _with(patrol: Patrol, what: str) -> int:
    return sum(getattr(one, what) is not None for one in patrol.dangers)


def _check_occurrences(session: Session, patrol: Patrol) -> int:
    rows = session.scalars(select(Occurrence)).all()
    keys = Counter((row.plan_id, row.place_id, row.period_on) for row in rows)
    wanted = Counter((one.plan_id, one.place_id, one.day) for one in patrol.asked)
    _same(keys, wanted, "occurrences")
    by_key = {(row.plan_id, row.place_id, row.period_on): row for row in rows}
    missed = 0
    for one in patrol.asked:
        row = by_key[one.plan_id, one.place_id, one.day]
        is_told = one.missed_at <= patrol.size.ends and one.is_missed
        missed += is_told
        told_at = one.missed_at if is_told else None
        found = (row.opens_at, row.due_at, row.missed_at, row.worker_id, row.done_at, row.missed_told_at)
        should = (one.opens_at, one.due_at, one.missed_at, one.last_worker_id, one.done_at, told_at)
        hold(found == should, f"the occurrence of {one.day} is {found} instead of {should}")
    return missed


def _check_alarms(session: Session, patrol: Patrol) -> int:
    wanted = Counter(
        (one.id, kind, minute) for one in patrol.dangers for kind, minute in one.alarms(patrol.size.ends)
    )
    query = select(HazardAlarm.hazard_id, HazardAlarm.kind, HazardAlarm.taken_at)
    taken = Counter((hazard_id, kind, moment) for hazard_id, kind, moment in session.execute(query))
    _same(taken, wanted, "alarms")
    steps = [HazardStep(kind) for kind in {kind for _, kind, _ in wanted}]
    events = select(HazardEvent.hazard_id, HazardEvent.step, HazardEvent.at).where(
        HazardEvent.step.in_(steps)
    )
    told = Counter((hazard_id, step.value, moment) for hazard_id, step, moment in session.execute(events))
    as_steps = Counter((hazard_id, kind.value, moment) for hazard_id, kind, moment in wanted)
    hold(told == as_steps, "the histories of hazards do not have each alarm once")
    return wanted.total()


def _check_notices(session: Session, patrol: Patrol) -> int:
    rows = session.scalars(select(Notice)).all()
    alike = Counter(
        (row.user_id, row.kind, json.dumps(row.data, sort_keys=True), _again(row)) for row in rows
    )
    twice = [one for one, many in alike.items() if many > 1] + _more_than_steps(session, rows)
    hold(not twice, f"told twice: {twice[:3]}")
    admins = identity.holders(session, BIG, {Role.COMMUNITY_ADMIN})
    _check_alarm_notices([row for row in rows if row.kind is NoticeKind.HAZARD_ALARM], patrol, admins)
    _check_leaver([row for row in rows if row.kind is NoticeKind.HAZARD_UNASSIGNED], patrol, admins)
    of_plans = [row for row in rows if row.kind is NoticeKind.OCCURRENCES]
    days = [patrol.size.first + timedelta(days=more) for more in range(patrol.size.days)]
    wanted = openings(patrol.asked, days)
    opening = [row for row in of_plans if row.data["what"] == "opening"]
    told = Counter(
        (row.user_id, date.fromisoformat(row.data["day"]), int(row.data["count"])) for row in opening
    )
    _same(told, wanted, "mornings")
    minutes = {row.created_at.astimezone(SHANGHAI).time() for row in opening}
    hold(minutes <= {plans.TOLD_FROM}, f"what opens was told at {minutes}")
    _check_missed_notices(session, [row for row in of_plans if row.data["what"] == "missed"], admins)
    _check_handed([row for row in of_plans if row.data["what"] == "reassigned"], patrol)
    return len(rows)


def _more_than_steps(session: Session, rows: Sequence[Notice]) -> list[tuple[Any, ...]]:
    """Give who was told of a step of a hazard more often than it was taken."""
    taken = session.execute(select(HazardEvent.hazard_id, HazardEvent.step))
    steps = Counter((hazard_id, step) for hazard_id, step in taken)
    told = Counter(
        (row.user_id, row.kind, UUID(row.data["hazard_id"]), HazardStep(row.data["step"]))
        for row in rows
        if row.kind is NoticeKind.HAZARD_STEP
    )
    return [one for one, many in told.items() if many > steps[one[2], one[3]]]


def _again(row: Notice) -> datetime | None:
    """Give the moment of a notice whose like comes again with right, as of a step or another deadline."""
    again = {NoticeKind.HAZARD_ALARM, NoticeKind.HAZARD_STEP, NoticeKind.HAZARD_MATTER}
    return row.created_at if row.kind in again else None


def _check_handed(rows: list[Notice], patrol: Patrol) -> None:
    """Want the substitute told once of what he gets, and each grid worker of what a post's end leaves him."""
    ends = patrol.leaver.at
    made_until = ends.astimezone(SHANGHAI).date() + AHEAD
    wanted = Counter(one.goes_to for one in patrol.asked if one.goes and one.day <= made_until)
    hold(bool(wanted), "nothing goes over with the post that ends")
    found = Counter({row.user_id: row.data["count"] for row in rows if row.created_at == ends})
    _same(found, wanted, "what went over with a post")
    others = [row.data["count"] for row in rows if row.created_at != ends]
    hold(others == [patrol.handed_over], f"{patrol.handed_over} went over, told: {others}")
    hold(len(rows) == len(wanted) + 1, f"{len(rows)} notices tell of what went over")


def _check_leaver(rows: list[Notice], patrol: Patrol, admins: set[UUID]) -> None:
    """Want each admin told once, in its minute, of all hazards that were taken back with a post."""
    told = sorted((row.user_id, row.data["count"], row.created_at) for row in rows)
    wanted = sorted((admin, patrol.taken_back, patrol.leaver.at) for admin in admins)
    hold(patrol.taken_back > 0, "the leaver has no hazard in hand")
    hold(told == wanted, f"of hazards taken back: {told} instead of {wanted}")


def _check_alarm_notices(rows: list[Notice], patrol: Patrol, admins: set[UUID]) -> None:
    county, city = (
        patrol.world.staff[role, code]
        for role, code in ((Role.COUNTY_OFFICER, COUNTY), (Role.CITY_OFFICER, CITY))
    )
    offices = {"supervise_county": county, "supervise_city": city}
    wanted = Counter(
        (user_id, str(one.id), kind.value, minute)
        for one in patrol.dangers
        for kind, minute in one.alarms(patrol.size.ends)
        for user_id in admins.union(offices.get(kind.value, []), _in_hand(one.hand_at(minute)))
    )
    told = Counter((row.user_id, row.data["hazard_id"], row.data["step"], row.created_at) for row in rows)
    _same(told, wanted, "of alarms")


def _in_hand(whose: UUID | None) -> set[UUID]:
    return set() if whose is None else {whose}


def _check_missed_notices(session: Session, rows: list[Notice], admins: set[UUID]) -> None:
    """Want each missed one named to each admin at the minute in which it was missed, in one notice a run."""
    runs = Counter((row.user_id, row.created_at) for row in rows)
    twice = [run for run, many in runs.items() if many > 1]
    hold(not twice, f"admins got several notices of one run: {twice[:3]}")
    query = select(Occurrence.id, Occurrence.missed_at).where(Occurrence.missed_told_at.is_not(None))
    wanted = Counter(
        (admin, str(row_id), moment) for row_id, moment in session.execute(query) for admin in admins
    )
    told = Counter(
        (row.user_id, row_id, row.created_at) for row in rows for row_id in row.data["occurrence_ids"]
    )
    _same(told, wanted, "missed ones")
    counted = sum(row.data["count"] for row in rows)
    hold(counted == wanted.total(), f"{wanted.total()} were missed, {counted} counted")


def _same(found: Counter[Any], wanted: Counter[Any], what: str) -> None:
    hold(found == wanted, f"{what} lack {list(wanted - found)[:3]}, are too many {list(found - wanted)[:3]}")
