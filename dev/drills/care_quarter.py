"""Three months of care with weather, absences and moves, two schedulers at once: all as a slow model says."""

import time as stopwatch
from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import identity, visits
from app.actors import Role
from app.cli.seed.site import BIG
from app.clock import SHANGHAI, set_to
from app.db import sessions_for
from app.jobs.care import bring_visits_forward, put_visits_back, tell_without_hands
from app.jobs.work import tell_not_reached
from app.keys import derived
from app.models import CareRecord, Notice, NoticeKind, Visit
from app.places import CodeSigner
from app.sealing import Sealer
from dev.drills.care_changes import administrate
from dev.drills.care_model import Model
from dev.drills.care_scene import Extent, Scene, bring_late, call, prepare
from dev.drills.care_telling import Telling, Told, told_from
from dev.drills.drill import Drill, Tell, hold
from dev.drills.ground import bare_ground, settle
from dev.drills.quarter import at, to_the_minute
from dev.drills.schedulers import Schedulers, two_schedulers

FULL = Extent(date(2026, 1, 5), days=90, records=500)
SHORT = Extent(date(2026, 1, 5), days=30, records=40)
JOBS = [put_visits_back, bring_visits_forward, tell_without_hands, tell_not_reached]
_A_DAY = timedelta(days=1)
_MOST = 10_000


def care_quarter(tell: Tell, extent: Extent = FULL) -> str:
    """Play the time through; each evening and at the end compare what there is with what the model says."""
    began = stopwatch.monotonic()
    with bare_ground() as bare:
        settings, engine = bare.settings, bare.engine
        sealer = Sealer.of(settings)
        with set_to(extent.begins):
            world = settle(engine, sealer, max(60, extent.records // 2))
        with Session(engine) as session, set_to(extent.begins):
            admins = identity.holders(session, BIG, {Role.COMMUNITY_ADMIN})
        model = Model(SHANGHAI, [])
        signer = CodeSigner(derived(settings.secret_key, "place codes"), settings.public_url)
        telling = Telling(model, admins)
        sessions = sessions_for(engine)
        scene = Scene(extent, world, sessions, signer, sealer, model, telling, Random(27))
        prepare(scene)
        with two_schedulers(bare.variables, JOBS) as schedulers:
            compared = sum(_day(scene, schedulers, number, tell) for number in range(extent.days))
        with Session(engine) as session:
            told = _check_told(session, scene)
    shares = [sum(done.values()) for done in schedulers.done]
    hold(min(shares) > 0, f"one of the schedulers did all of the work: {shares}")
    figure = ", ".join(f"{many} {what}" for what, many in sorted(scene.counted.items()))
    seconds = stopwatch.monotonic() - began
    return (
        f"{len(model.cared)} records over {extent.days} days ({figure}): {compared} due days and doers, "
        f"{told} notices, all as the model says; {schedulers.ticks} ticks shared {shares[0]}:{shares[1]}, "
        f"{seconds:.0f} s"
    )


def _day(scene: Scene, schedulers: Schedulers, number: int, tell: Tell) -> int:
    """Live through a day; give how many records were compared in the evening."""
    today = scene.extent.day(number)
    early = {time(0, 0), time(8, 0)} | {_clock(one) for one in _waiting(scene, today)}
    for clock in sorted(early):
        _tick(scene, schedulers, at(today, clock))
    bring_late(scene, number)
    administrate(scene, number)
    _tick(scene, schedulers, at(today, time(10, 15)))
    call(scene, number)
    if number % 10 == 0:
        tell(f"{today}, {len(scene.model.cared)} records, {scene.counted.get('visits', 0)} visits")
    return _compare(scene, at(today, time(20, 30)))


def _waiting(scene: Scene, today: date) -> list[datetime]:
    """Give when, before 8:00 today, it is time to tell of visits that reached nobody."""
    morning = at(today, time(8, 0))
    moments = [
        to_the_minute(told_from(last, scene.model))
        for one in scene.model.cared.values()
        if (last := one.last(morning)) is not None and not last.reached
    ]
    return [one for one in moments if morning - _A_DAY / 3 < one < morning]


def _clock(moment: datetime) -> time:
    return moment.astimezone(SHANGHAI).time()


def _tick(scene: Scene, schedulers: Schedulers, moment: datetime) -> None:
    schedulers.tick(moment)
    scene.model.runs.append(moment)
    scene.telling.run(moment)


def _compare(scene: Scene, moment: datetime) -> int:
    """Compare every open record, and every worker's list, with the model."""
    model = scene.model
    there = [one for one in model.cared.values() if one.is_open(moment)]
    with Session(scene.sessions.kw["bind"]) as session, set_to(moment):
        rows = {row.id: row for row in session.scalars(select(CareRecord))}
        for one in there:
            row = rows[one.id]
            found = row.next_due_on, row.regular_due_on or row.next_due_on, row.not_reached
            should = model.due(one, moment), model.regular(one, moment), one.in_vain(moment)
            hold(found == should, f"on {moment:%m-%d} {one.id} is due {found} instead of {should}: {one}")
        lists = {who: _listed(session, scene, who) for who in (*scene.workers, None)}
    for who, found_ids in lists.items():
        mine = [one for one in there if one.is_awaited(moment)]
        if who is not None:
            mine = [one for one in mine if model.doer(one, moment) == who]
        wanted = [one.id for one in sorted(mine, key=lambda one: (model.due(one, moment), one.id))]
        unlike = _unlike(found_ids, wanted)
        hold(found_ids == wanted, f"on {moment:%m-%d} the list of {who} is another: {unlike}")
    return len(there)


def _listed(session: Session, scene: Scene, who: UUID | None) -> list[UUID]:
    rows = visits.care_records(session, scene.actor(who), after=None, limit=_MOST)
    return [one.record.id for one in rows]


def _unlike(found: list[UUID], wanted: list[UUID]) -> str:
    lacks, more = set(wanted) - set(found), set(found) - set(wanted)
    return f"lacks {list(lacks)[:3]}, has {list(more)[:3]} besides" if lacks | more else "in another order"


def _check_told(session: Session, scene: Scene) -> int:
    """Want everybody told what the model says, when it says so, and a visit in vain within a day."""
    kinds = [NoticeKind.CARE, NoticeKind.VISIT_URGENT]
    rows = session.scalars(select(Notice).where(Notice.kind.in_(kinds))).all()
    found: Counter[Told] = Counter(
        (row.user_id, row.data.get("what", ""), str(_about(row)), row.created_at) for row in rows
    )
    wanted = scene.telling.told
    hold(found == wanted, f"told: lacks {list(wanted - found)[:3]}, too many {list(found - wanted)[:3]}")
    made = dict(session.execute(select(Visit.id, Visit.captured_at)).all())
    came = dict(session.execute(select(Visit.id, Visit.received_at)).all())
    away = _were_away(scene)
    for row in rows:
        if row.kind is NoticeKind.VISIT_URGENT and UUID(row.data["care_record_id"]) not in away:
            visit_id = UUID(row.data["visit_id"])
            latest = max(made[visit_id] + _A_DAY, came[visit_id] + timedelta(minutes=130))
            hold(row.created_at <= latest, f"a visit of {made[visit_id]} was told of at {row.created_at}")
    return len(rows)


def _were_away(scene: Scene) -> set[UUID]:
    """Give of whom it may be told later: they were away when it was time."""
    return {
        one.id
        for one in scene.model.cared.values()
        if any(state == "away" for _, state in one.presence.changes)
    }


def _about(row: Notice) -> object:
    data = row.data
    return data.get("visit_id") or data.get("count") or data.get("care_record_id")


CARE_QUARTER = Drill("care-quarter", care_quarter)
