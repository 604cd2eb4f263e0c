"""Three months of patrols with Spring Festival in them, two schedulers at once: all happens once, in time."""

import time as stopwatch
from datetime import date, time, timedelta

from sqlalchemy.orm import Session

from app import plans
from app.clock import set_to
from app.db import sessions_for, transaction
from app.jobs.plans import hand_over_occurrences, make_occurrences, tell_missed, tell_openings
from app.jobs.work import sound_hazard_alarms, unassign_hazards
from app.keys import derived
from app.places import CodeSigner
from app.sealing import Sealer
from app.workdays import WorkCalendar
from dev.drills.drill import Drill, Tell, hold
from dev.drills.ground import bare_ground, settle
from dev.drills.patrol import Patrol, Size, prepare
from dev.drills.patrol_checks import checked
from dev.drills.quarter import at
from dev.drills.schedulers import Schedulers, two_schedulers

_MINUTE = timedelta(minutes=1)
_JOBS = [
    unassign_hazards,
    sound_hazard_alarms,
    hand_over_occurrences,
    make_occurrences,
    tell_openings,
    tell_missed,
]
FULL = Size(date(2026, 1, 15), days=90, workers=10, places=2, hazards=64)
SHORT = Size(date(2026, 2, 10), days=14, workers=5, places=1, hazards=16)


def patrol_quarter(tell: Tell, size: Size = FULL) -> str:
    """Play the time through, then compare what there is with what the model says."""
    began = stopwatch.monotonic()
    with bare_ground() as bare:
        settings, engine = bare.settings, bare.engine
        with set_to(size.begins):
            world = settle(engine, Sealer.of(settings), 36)
        signer = CodeSigner(derived(settings.secret_key, "place codes"), settings.public_url)
        patrol = Patrol(size, world, sessions_for(engine), signer, WorkCalendar.of(settings))
        prepare(patrol)
        with two_schedulers(bare.variables, _JOBS) as schedulers:
            _play(patrol, schedulers, tell)
        with Session(engine) as session:
            figure = checked(session, patrol)
    shares = [sum(done.values()) for done in schedulers.done]
    hold(min(shares) > 0, f"one of the schedulers did all of the work: {shares}")
    seconds = stopwatch.monotonic() - began
    return f"{figure}, {schedulers.ticks} ticks shared {shares[0]}:{shares[1]}, {seconds:.0f} s"


def _play(patrol: Patrol, schedulers: Schedulers, tell: Tell) -> None:
    """Let people do what they do, and both schedulers look at each minute of interest and the one before."""
    size = patrol.size
    days = [size.first + timedelta(days=more) for more in range(size.days)]
    due = {at(day, clock) for day in days for clock in (time.min, plans.TOLD_FROM)} | {size.ends}
    due |= {one.missed_at for one in patrol.asked}
    due |= {minute for one in patrol.dangers for _, minute in one.alarms(size.ends)}
    due |= {patrol.leaver.at}
    ticks = sorted({one for minute in due for one in (minute - _MINUTE, minute)})
    ticks = [one for one in ticks if size.begins <= one <= size.ends]
    doings = sorted(patrol.doings, key=lambda one: one[0])
    for number, tick in enumerate(ticks):
        while doings and doings[0][0] <= tick:
            moment, what = doings.pop(0)
            with set_to(moment), transaction(patrol.sessions()) as session:
                what(session)
        schedulers.tick(tick)
        if number % 100 == 0:
            tell(f"{tick:%Y-%m-%d}, {number} of {len(ticks)} ticks")


PATROL_QUARTER = Drill("patrol-quarter", patrol_quarter)
