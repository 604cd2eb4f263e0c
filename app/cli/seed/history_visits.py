"""A year of care: who is looked after, and every visit."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app.cli.seed.guardians import add_guardian, add_own_consent, add_ticket, visit_basis
from app.cli.seed.history import History
from app.cli.seed.history_follow_ups import add_follow_ups
from app.cli.seed.ids import id_at, named
from app.cli.seed.phone import clocks, happened_at, scanned_at
from app.cli.seed.phrases import phrases
from app.cli.seed.rows import Row
from app.cli.seed.visit_answers import Answers, answers_today, usual_answers
from app.cli.seed.world import SeedResident
from app.clock import business_day
from app.evidence import Gathered, Presence, Signals, clock_flag
from app.models import (
    CareCategory,
    CareLevel,
    CareRecord,
    Confirmation,
    PhotoOwner,
    PresenceState,
    Visit,
    VisitMode,
    VisitOutcome,
)
from app.visits import first_due, most_days

_C, _L, _M, _O = CareCategory, CareLevel, VisitMode, VisitOutcome
_GRAVEST_FIRST = (
    _C.DESTITUTE,
    _C.DISABLED,
    _C.LEFT_BEHIND_CHILD,
    _C.ELDERLY,
    _C.LEFT_BEHIND_WOMAN,
    _C.MONITORED,
)
_LEVELS = {
    _C.DESTITUTE: {_L.MEDIUM: 50, _L.LOW: 50},
    _C.DISABLED: {_L.HIGH: 3, _L.MEDIUM: 12, _L.LOW: 85},
    _C.LEFT_BEHIND_CHILD: {_L.HIGH: 1, _L.MEDIUM: 7, _L.LOW: 92},
    _C.ELDERLY: {_L.HIGH: 5, _L.MEDIUM: 15, _L.LOW: 80},
    _C.LEFT_BEHIND_WOMAN: {_L.LOW: 10, _L.GENERAL: 90},
    _C.MONITORED: {_L.LOW: 30, _L.GENERAL: 70},
}
_MODES = {_M.IN_PERSON: 68, _M.PHONE: 26, _M.VIDEO: 6}
"""How often which level, and which kind of contact."""
_DELAYS_DAYS = (-2, -1, 0, 0, 0, 1, 1, 2, 4)
_FROM_THE_START, _ENDED, _IN_ARREARS, _AWAY_TAKEN_ON = 0.7, 0.03, 0.06, 0.4
_NEW_HERE = timedelta(days=14)
"""So long nobody who came to the roster is looked after yet."""
_NOT_REACHED, _REFERRED, _FINE_BY_VIDEO, _WITH_PHOTO, _SIGNED = 0.04, 0.008, 0.3, 0.02, 0.05
_EMERGENCIES_DAYS_AGO = (75, 23)
_EMERGENCY_WITHIN_DAYS = 6
_PHOTOGRAPHED_DAYS = 30


@dataclass
class _Care:
    """Somebody looked after, with what is usually so with him."""

    row: Row
    resident: SeedResident
    usual: Answers
    filed: list[tuple[datetime, UUID, VisitOutcome]] = field(default_factory=list)


def add_visits(history: History) -> None:
    """Add the care records and their visits."""
    rng = history.rng("visits")
    emergencies = list(_EMERGENCIES_DAYS_AGO)
    for resident in history.world.residents():
        person = resident.person
        away = person.presence is PresenceState.AWAY
        if not person.care or (away and rng.random() > _AWAY_TAKEN_ON):
            continue
        if person.registered_on > history.last - _NEW_HERE:
            continue
        care = _begin(history, rng, resident)
        for moment in _moments(history, rng, care):
            _visit(history, rng, care, moment, emergencies)
        _book(care)


def _begin(history: History, rng: Random, resident: SeedResident) -> _Care:
    person = resident.person
    category = next(one for one in _GRAVEST_FIRST if one in person.care)
    level = rng.choices(list(_LEVELS[category]), list(_LEVELS[category].values()))[0]
    days = 28 if rng.random() < _FROM_THE_START else (history.last - history.first).days - 10
    drawn_on = history.first + timedelta(days=rng.randrange(days))
    started_on = history.hours.workday(max(drawn_on, person.registered_on + timedelta(days=1)))
    every_days = most_days(category, level, age=person.age_on(started_on))
    created_at = history.hours.during(rng, started_on)
    row = history.rows.add(
        CareRecord,
        id=id_at(rng, created_at),
        area_code=resident.area_code,
        resident_id=resident.id,
        category=category,
        level=level,
        every_days=every_days,
        worker_id=history.world.worker(resident.area_code),
        started_on=started_on,
        ended_on=None,
        last_visited_on=None,
        next_due_on=first_due(level, started_on, every_days),
        content_hash=b"",
        created_at=created_at,
    )
    own = history.rng(f"guardian {row['id']}")
    add_guardian(history, own, resident, created_at)
    add_ticket(history, own, resident, row["worker_id"])
    add_own_consent(history, own, resident, category, created_at)
    if rng.random() < _ENDED:
        row["ended_on"] = started_on + timedelta(days=rng.randint(0, (history.last - started_on).days))
    return _Care(row, resident, usual_answers(rng, category, person, history.last))


def _moments(history: History, rng: Random, care: _Care) -> Iterator[datetime]:
    """Give the moments of the visits; each depends on how the one before went."""
    last = history.last
    if rng.random() < _IN_ARREARS:
        last -= timedelta(days=rng.randint(4, 25))
    last = min(last, care.row["ended_on"] or last)
    due: date = care.row["next_due_on"]
    earliest: date = care.row["started_on"]
    while True:
        day = history.hours.workday(max(due + timedelta(days=rng.choice(_DELAYS_DAYS)), earliest))
        if day > last:
            return
        earliest = day + timedelta(days=1)
        yield max(history.hours.during(rng, day), care.row["created_at"] + timedelta(minutes=20))
        reached = not care.filed or care.filed[-1][2] is not _O.NOT_REACHED
        due = day + timedelta(days=care.row["every_days"] if reached else 1)


def _visit(history: History, rng: Random, care: _Care, moment: datetime, emergencies: list[int]) -> None:
    captured_at, received_at = clocks(rng, moment, history.until)
    if care.row["ended_on"] is not None or received_at > history.until:
        captured_at, received_at = moment, moment + timedelta(seconds=9)
    mode = rng.choices(list(_MODES), list(_MODES.values()))[0]
    mode, outcome = _outcome(history, rng, care, moment, mode, emergencies)
    visit_id = id_at(rng, captured_at)
    photos = _photos(history, rng, care, mode, received_at)
    signature = _signature(history, care, visit_id, (mode, outcome), received_at)
    gathered = _gathered(rng, care, mode, captured_at, received_at, len(photos))
    history.rows.add(
        Visit,
        id=visit_id,
        area_code=care.resident.area_code,
        care_record_id=care.row["id"],
        form_id=named("visit form", care.row["category"]),
        worker_id=care.row["worker_id"],
        mode=mode,
        outcome=outcome,
        basis=visit_basis(care.resident, care.row["category"], business_day(received_at)),
        answers=_answers(rng, care, outcome),
        note=_note(rng, outcome),
        confirmation=Confirmation.SIGNED if signature else Confirmation.NONE,
        content_hash=visit_id.bytes,
        **gathered.columns(),
    )
    history.name_photos(PhotoOwner.VISIT, visit_id, care.resident.area_code, photos)
    history.name_photos(PhotoOwner.SIGNATURE, visit_id, care.resident.area_code, signature)
    at = happened_at(captured_at, received_at)
    care.filed.append((at, visit_id, outcome))
    add_follow_ups(history, rng, care.row, visit_id, outcome, at, received_at)


def _outcome(
    history: History,
    rng: Random,
    care: _Care,
    moment: datetime,
    mode: VisitMode,
    emergencies: list[int],
) -> tuple[VisitMode, VisitOutcome]:
    """Draw what the contact showed, by the kinds of contact that can show it."""
    days_ago = history.days_ago(moment)
    for ago in emergencies:
        if care.row["category"] is _C.ELDERLY and 0 <= ago - days_ago < _EMERGENCY_WITHIN_DAYS:
            emergencies.remove(ago)
            return _M.IN_PERSON, _O.EMERGENCY
    chance = rng.random()
    if chance < _NOT_REACHED:
        return mode, _O.NOT_REACHED
    if chance < _NOT_REACHED + _REFERRED:
        return mode, _O.NEEDS_REFERRAL
    if mode is _M.PHONE or (mode is _M.VIDEO and rng.random() < _FINE_BY_VIDEO):
        return mode, _O.FINE_BY_PHONE
    return mode, _O.SEEN_WELL


def _signature(
    history: History, care: _Care, visit_id: UUID, how: tuple[VisitMode, VisitOutcome], at: datetime
) -> list[UUID]:
    """Let some whom somebody met lately at home sign on the worker's phone."""
    rng = history.rng(f"signature {visit_id}")
    met = how == (_M.IN_PERSON, _O.SEEN_WELL) and history.days_ago(at) <= _PHOTOGRAPHED_DAYS
    if not met or rng.random() > _SIGNED:
        return []
    signed = {"caption": "", "by": care.row["worker_id"], "at": at, "is_signature": True}
    return history.take_photos(rng, 1, **signed)


def _photos(history: History, rng: Random, care: _Care, mode: VisitMode, at: datetime) -> list[UUID]:
    lately = history.days_ago(at) <= _PHOTOGRAPHED_DAYS
    if mode is not _M.IN_PERSON or not lately or rng.random() > _WITH_PHOTO:
        return []
    return history.take_photos(rng, 1, caption="家里水电气检查", by=care.row["worker_id"], at=at)


def _gathered(
    rng: Random,
    care: _Care,
    mode: VisitMode,
    captured_at: datetime,
    received_at: datetime,
    photos: int,
) -> Gathered:
    if mode is _M.IN_PERSON:
        return scanned_at(
            rng, care.resident.place, captured_at=captured_at, received_at=received_at, photos=photos
        )
    return Gathered(
        signals=Signals(captured_at),
        received_at=received_at,
        clock_flag=clock_flag(captured_at, received_at),
        code_id=None,
        presence=Presence.UNVERIFIED,
        reasons=["not_in_person"],
    )


def _answers(rng: Random, care: _Care, outcome: VisitOutcome) -> dict[str, Any]:
    if outcome in {_O.NOT_REACHED, _O.EMERGENCY}:
        return {}
    return answers_today(rng, care.row["category"], care.usual)


def _note(rng: Random, outcome: VisitOutcome) -> str:
    occasions = {
        _O.NOT_REACHED: "not_reached",
        _O.NEEDS_REFERRAL: "need_referral",
        _O.EMERGENCY: "emergency",
    }
    return rng.choice(phrases(occasions.get(outcome, "visited")))


def _book(care: _Care) -> None:
    """Note in the care record what its visits add up to, as the product does with each."""
    if not care.filed:
        return
    reached = [business_day(at) for at, _, outcome in care.filed if outcome is not _O.NOT_REACHED]
    care.row["last_visited_on"] = max(reached, default=None)
    at, _, outcome = max(care.filed)
    days = 1 if outcome is _O.NOT_REACHED else care.row["every_days"]
    care.row["next_due_on"] = business_day(at) + timedelta(days=days)
