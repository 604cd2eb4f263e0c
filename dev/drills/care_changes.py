"""What the admin and the residents change on each day of the drill of a quarter of care."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import plans, visits
from app.cli.seed.site import BIG
from app.ids import new_id
from app.models import (
    AbsenceReason,
    CareCategory,
    CareLevel,
    CareRecord,
    PresenceState,
    Relation,
    Resident,
    SaidBy,
    WeatherKind,
    Willingness,
)
from dev.drills.care_model import Away, Cared, Levelled, Steady, Warned
from dev.drills.care_scene import EXTRA_WORKERS, Scene
from dev.drills.quarter import at

_OPENED_IN_DAYS = 10
_EVERY = {"high": 7, "medium": 14, "low": 30, "general": 92}


def administrate(scene: Scene, number: int) -> None:
    """Let the admin do what he does in the morning of a day, a minute for each."""
    moment = at(scene.extent.day(number), time(9, 0, 30))
    steps: list[Callable[[datetime], None]] = [lambda when: _absences(scene, number, when)]
    if number < _OPENED_IN_DAYS:
        each = -(-scene.extent.records // _OPENED_IN_DAYS)
        steps += [lambda when: _open(scene, when)] * min(each, len(scene.waiting))
    else:
        share = max(1, scene.extent.records // 100)
        steps += [lambda when: _change_level(scene, when)] * min(share, 3)
        steps += [lambda when: _move(scene, when)] * min(share, 4)
        steps += [lambda when: _change_hands(scene, when)]
        steps += [lambda when: _note_will(scene, when)]
        steps += [lambda when: _end(scene, when)] * (number % 4 == 0)
        steps += [lambda when: _move_house(scene, when)] * (number % 3 == 0)
    steps.append(lambda when: _weather(scene, number, when))
    steps.append(lambda when: _succeed(scene, number, when))
    for step in steps:
        step(moment)
        moment += timedelta(seconds=40)


def _any(scene: Scene, moment: datetime) -> Cared | None:
    there = [one for one in scene.model.cared.values() if one.is_open(moment)]
    return scene.rng.choice(there) if there else None


def _open(scene: Scene, moment: datetime) -> None:
    who, rng = scene.waiting.pop(), scene.rng
    level = rng.choice(list(_EVERY))
    every = _EVERY[level] if rng.random() < 0.7 else max(2, _EVERY[level] // 2)  # noqa: PLR2004 - some are stricter
    grid_worker = scene.world.worker(who.area_code)
    worker = grid_worker if rng.random() < 0.5 else rng.choice(scene.workers[-EXTRA_WORKERS:])  # noqa: PLR2004
    others = [one for one in scene.workers if one != worker]
    substitute = rng.choice(others) if rng.random() < 0.4 else None  # noqa: PLR2004
    record_id = new_id()
    new = visits.NewCare(
        who.id, CareCategory.MONITORED, CareLevel(level), worker, every, "家里有困难", substitute
    )
    act = (scene.actor(None), scene.sealer, record_id, new)
    scene.do(moment, lambda session: visits.open_care(session, *act))
    presence = who.person.presence.value
    scene.model.cared[record_id] = Cared(
        record_id,
        moment,
        level,
        every,
        area=Steady([(moment, who.area_code)]),
        worker=Steady([(moment, worker)]),
        substitute=Steady([(moment, substitute)]),
        presence=Steady([(moment, presence)]),
        will=Steady([(moment, None)]),
    )


def _change_level(scene: Scene, moment: datetime) -> None:
    one, rng = _any(scene, moment), scene.rng
    if one is None:
        return
    level = rng.choice(list(_EVERY))
    every = rng.choice([None, max(2, _EVERY[level] // 2)])
    last = one.levels[-1] if one.levels else one
    if (level, every or _EVERY[level]) == (last.level, last.every):
        return
    new = visits.NewLevel(CareLevel(level), "情况变了", every)
    act = (scene.actor(None), scene.sealer, one.id, new_id(), new)
    scene.do(moment, lambda session: visits.change_level(session, *act))
    one.levels.append(Levelled(moment, level, every or _EVERY[level]))
    scene.count("levels")


def _move(scene: Scene, moment: datetime) -> None:
    """Let somebody go away for work, or come back."""
    one = _any(scene, moment)
    if one is None:
        return
    state = "home" if one.presence.at(moment) == "away" else "away"
    set_presence(scene, [one], state, moment)


def set_presence(scene: Scene, those: list[Cared], state: str, moment: datetime) -> None:
    """Write where some people live from a moment on."""
    ids = select(CareRecord.resident_id).where(CareRecord.id.in_([one.id for one in those]))
    change = update(Resident).where(Resident.id.in_(ids)).values(presence=PresenceState(state))
    scene.do(moment, lambda session: session.execute(change))
    for one in those:
        one.presence.changes.append((moment, state))
        scene.count("moves")


def _move_house(scene: Scene, moment: datetime) -> None:
    """Let somebody move to another grid; his worker may have no post there."""
    one = _any(scene, moment)
    if one is None:
        return
    home = scene.rng.choice([who for who in scene.world.residents() if len(who.area_code) > len(BIG)])
    if not home.area_code.startswith(BIG):
        return

    def write(session: Session) -> None:
        record = session.get_one(CareRecord, one.id)
        record.area_code = home.area_code
        resident = session.get_one(Resident, record.resident_id)
        resident.area_code, resident.household_id = home.area_code, home.household_id
        resident.relation = Relation.OTHER

    scene.do(moment, write)
    one.area.changes.append((moment, home.area_code))
    scene.count("moves")


def _change_hands(scene: Scene, moment: datetime) -> None:
    """Give a record another worker, or another substitute, or none."""
    one = _any(scene, moment)
    if one is None:
        return
    if scene.rng.random() < 0.5:  # noqa: PLR2004
        give(scene, one, moment)
        return
    former, worker = one.substitute.at(moment), one.worker.at(moment)
    able = [who for who in scene.workers if who != worker and _posted(scene, who, moment)]
    substitute = scene.rng.choice([None, *able])
    act = (scene.actor(None), scene.sealer, one.id, new_id())
    scene.do(moment, lambda session: visits.change_substitute(session, *act, substitute_id=substitute))
    if substitute != former:
        one.substitute.changes.append((moment, substitute))
        scene.telling.forget(one)
        scene.telling.tell(_user(former), "substitute_no_more", one.id, moment)
        scene.telling.tell(substitute, "substitute", one.id, moment)


def give(scene: Scene, one: Cared, moment: datetime) -> None:
    """Let another worker be responsible."""
    former, area = one.worker.at(moment), str(one.area.at(moment))
    able = [who for who in scene.workers if area.startswith(scene.over[who]) and _posted(scene, who, moment)]
    worker = scene.rng.choice([who for who in able if who != former])
    act = (scene.actor(None), scene.sealer, one.id, new_id())
    scene.do(moment, lambda session: visits.change_worker(session, *act, worker_id=worker, reason="换人"))
    one.worker.changes.append((moment, worker))
    if one.substitute.at(moment) == worker:
        one.substitute.changes.append((moment, None))
    scene.telling.forget(one)
    scene.telling.tell(_user(former), "given_up", one.id, moment)
    scene.telling.tell(worker, "given", one.id, moment)


def _user(who: object) -> UUID | None:
    return who if isinstance(who, UUID) else None


def _posted(scene: Scene, who: UUID, moment: datetime) -> bool:
    return any(one == who and (until is None or moment < until) for one, _, _, until in scene.model.posts)


def _note_will(scene: Scene, moment: datetime) -> None:
    one = _any(scene, moment)
    if one is None:
        return
    word = scene.rng.choice(list(Willingness))
    will = visits.Will(word, scene.model.day(moment), SaidBy.RESIDENT)
    act = (scene.actor(None), scene.sealer, one.id, new_id(), will)
    scene.do(moment, lambda session: visits.note_willingness(session, *act))
    one.will.changes.append((moment, word.value))


def _end(scene: Scene, moment: datetime) -> None:
    one = _any(scene, moment)
    if one is None:
        return
    about: dict[str, Any] = {"ended_on": scene.model.day(moment), "why": visits.LeavingReason.MOVED_AWAY}
    act = (scene.actor(None), scene.sealer, one.id)
    scene.do(moment, lambda session: visits.end_care(session, *act, **about))
    one.ended = moment


def _absences(scene: Scene, number: int, moment: datetime) -> None:
    """Send one worker after the other away, each still away when the next one goes; one comes back early.

    The last one is stood in for by the leaver, and goes on after that one's post ended.
    """
    middle, step = scene.extent.days // 2, max(4, scene.extent.days // 10)
    plan = {2 + step * turn: turn for turn in range(len(scene.workers) - 1)}
    for early, away in [(one, one_id) for one, one_id in scene.absences.items() if one.ended is None]:
        if scene.extent.day(number) == early.since + timedelta(days=3) and early.worker == scene.workers[1]:
            scene.do(moment, partial(_come_back, scene, away))
            ended = Away(early.at, early.worker, early.substitute, early.since, early.until, moment)
            scene.model.absences[scene.model.absences.index(early)] = ended
            del scene.absences[early]
    if number == middle - 3:
        _send_away(scene, scene.workers[0], scene.leaver, number, 8, moment)
    elif number in plan and abs(number - middle) > step:
        turn = plan[number]
        worker, substitute = scene.workers[turn], scene.workers[turn + 1]
        if scene.leaver not in {worker, substitute}:
            _send_away(scene, worker, substitute, number, step + 2, moment)


def _come_back(scene: Scene, absence_id: UUID, session: Session) -> None:
    plans.end_absence(session, scene.actor(None), absence_id)


def _send_away(
    scene: Scene, worker: UUID, substitute: UUID, number: int, days: int, moment: datetime
) -> None:
    since, until = scene.extent.day(number + 1), scene.extent.day(number + days)
    if any(one.worker == worker and one.until >= since for one in scene.model.absences):
        return
    new = plans.NewAbsence(BIG, worker, substitute, since, until, AbsenceReason.LEAVE)
    absence_id = new_id()

    def record(session: Session) -> None:
        visits.let_stand_in(session, scene.actor(None), absence_id, new)

    scene.do(moment, record)
    away = Away(moment, worker, substitute, since, until)
    scene.model.absences.append(away)
    scene.absences[away] = absence_id
    scene.count("absences")
    many = sum(one.worker.at(moment) == worker for one in scene.model.cared.values() if one.is_open(moment))
    if many:
        on_first = at(since, time(12))
        scene.telling.tell(scene.model.present(worker, on_first), "standing_in", many, moment)


def _weather(scene: Scene, number: int, moment: datetime) -> None:
    """Warn of snow, of cold for those who need most, and of a storm that is called off."""
    third = scene.extent.days // 3
    plan = {
        third: (1, 5, ()),
        third + 3: (0, 6, ("high", "medium")),
        2 * third: (1, 9, ()),
    }
    if number in plan:
        since, until, levels = plan[number]
        alert_id = new_id()
        new = visits.NewAlert(
            BIG,
            WeatherKind.SNOW,
            scene.extent.day(number + since),
            scene.extent.day(number + until),
            "寒潮",
            tuple(CareLevel(one) for one in levels),
        )
        scene.do(moment, lambda session: visits.warn(session, scene.actor(None), alert_id, new))
        scene.model.alerts.append(Warned(alert_id, moment, new.from_on, new.until_on, levels))
        scene.count("alerts")
    if number == 2 * third + 4:
        alert = scene.model.alerts[-1]
        scene.do(moment, lambda session: visits.end_alert(session, scene.actor(None), alert.id))
        over = Warned(alert.id, alert.at, alert.since, alert.until, alert.levels, moment)
        scene.model.alerts[-1] = over


def _succeed(scene: Scene, number: int, moment: datetime) -> None:
    """Give what the leaver left to others, some days after his post ended; and holidays come and go."""
    if number == scene.extent.days // 2 + 4:
        left = [one for one in scene.model.cared.values() if one.is_open(moment)]
        for one in left:
            if one.worker.at(moment) == scene.leaver:
                give(scene, one, moment)
    if number in {scene.extent.days // 4, scene.extent.days // 2}:
        state, other = ("holiday", "away") if number == scene.extent.days // 4 else ("away", "holiday")
        those = [
            one
            for one in scene.model.cared.values()
            if one.is_open(moment) and one.presence.at(moment) == other
        ]
        set_presence(scene, those, state, moment)
