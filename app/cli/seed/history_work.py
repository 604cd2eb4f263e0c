"""What residents of working age live by, half a year of it; this month is not written down of all yet."""

from datetime import date, timedelta
from random import Random

from app.cli.seed.history import History
from app.cli.seed.ids import id_at
from app.cli.seed.stage import Stage
from app.cli.seed.world import SeedResident
from app.employment import LEAST_YEARS, MOST_YEARS, months_before
from app.models import Employment, PresenceState, WageBand, WorkPlace, WorkSource, WorkState, WorkWay
from app.reports import COUNTED_ON, count_work

_MONTHS = 5
"""So many are over and counted."""
_S, _P, _W = WorkState, WorkPlace, WorkWay
_STATES = {_S.EMPLOYED: 78, _S.SELF_EMPLOYED: 10, _S.LOOKING: 7, _S.NOT_WORKING: 5}
_FAR = {_P.OUTSIDE: 62, _P.PROVINCE: 28, _P.CITY: 10}
_NEAR = {_P.COUNTY: 85, _P.CITY: 15}
_WAYS_NEAR = {_W.ONESELF: 50, _W.WORKSHOP: 22, _W.PUBLIC_BENEFIT: 18, _W.FOR_RELIEF: 6, _W.OTHER: 4}
_WAYS_FAR = {_W.ONESELF: 72, _W.ORGANISED: 28}
_B = WageBand
_WAGES = {None: 30, _B.FROM_2000: 20, _B.FROM_3500: 28, _B.FROM_5000: 18, _B.FROM_8000: 4}
_CHANGES, _NOT_ASKED, _ASKED_THIS_MONTH = 0.04, 0.03, 0.55
"""How often somebody lives by something else the next month, was not asked, and was asked already."""


def add_work(history: History) -> None:
    """Add what they live by."""
    rng = history.rng("work")
    this = history.last.replace(day=1)
    months = [months_before(this, number) for number in range(_MONTHS, -1, -1)]
    for resident in history.world.residents():
        told, since = _draw(rng, resident), rng.randint(1, 30)
        for month in months:
            if rng.random() < _CHANGES:
                told, since = _draw(rng, resident), 0
            since += 1
            share = _ASKED_THIS_MONTH if month == this else 1 - _NOT_ASKED
            if rng.random() < share and _is_asked(resident, month):
                _add(history, rng, resident, month, since, told)


def set_work_counts(stage: Stage) -> None:
    """Let the job count each month that is over on its day."""
    last, rng = stage.history.last, stage.history.rng("work counts")
    for number in range(_MONTHS - 1, -2, -1):
        on = months_before(last.replace(day=1), number).replace(day=COUNTED_ON)
        at = stage.history.hours.during(rng, on)
        if at < stage.history.until:
            stage.do(at, count_work)


_Told = tuple[WorkState, WorkPlace | None, WorkWay | None, WageBand | None]


def _is_asked(resident: SeedResident, month: date) -> bool:
    person, last = resident.person, months_before(month, -1) - timedelta(days=1)
    return LEAST_YEARS <= person.age_on(last) <= MOST_YEARS and person.registered_on <= month


def _draw(rng: Random, resident: SeedResident) -> _Told:
    person = resident.person
    away = person.presence is PresenceState.AWAY
    state = rng.choices(list(_STATES), list(_STATES.values()))[0] if person.able_to_work else _S.NOT_WORKING
    if state not in {_S.EMPLOYED, _S.SELF_EMPLOYED}:
        return state, None, None, None
    places, ways = (_FAR, _WAYS_FAR) if away else (_NEAR, _WAYS_NEAR)
    way = rng.choices(list(ways), list(ways.values()))[0] if state is _S.EMPLOYED else None
    wage = rng.choices(list(_WAGES), list(_WAGES.values()))[0]
    return state, rng.choices(list(places), list(places.values()))[0], way, wage


def _add(history: History, rng: Random, resident: SeedResident, month: date, since: int, told: _Told) -> None:
    last = min(history.last, months_before(month, -1) - timedelta(days=1))
    at = history.hours.during(rng, month + timedelta(days=rng.randint(0, (last - month).days)))
    state, place, way, wage = told
    history.rows.add(
        Employment,
        id=id_at(rng, at),
        area_code=resident.area_code,
        resident_id=resident.id,
        month=month,
        state=state,
        place=place,
        way=way,
        months=since,
        wage=wage,
        source=WorkSource.PHONE if resident.person.presence is PresenceState.AWAY else WorkSource.VISIT,
        written_by=history.world.worker(resident.area_code),
        written_at=at,
        replaced_at=None,
        content_hash=b"",
    )
