"""Who patrols where in the drill of a quarter, and what they do when."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app import hazards, inspections, plans
from app.actors import Actor, Held, Role, Scope
from app.cli.seed.site import BIG
from app.cli.seed.world import World
from app.clock import now, set_to
from app.db import transaction
from app.evidence import Signals
from app.ids import new_id
from app.models import (
    AbsenceReason,
    Checklist,
    ChecklistItem,
    Department,
    Grant,
    HazardCategory,
    PlaceKind,
    User,
)
from app.places import CodeSigner
from app.plans import OnDayOff, PlanFrequency, Post, Terms
from app.workdays import WorkCalendar
from dev.drills.dangers import Danger, Leaver, dangers
from dev.drills.quarter import AHEAD, Asked, Filing, asked_by, at, filings

_AWAY = (5, 20)
"""From which day to which a worker is away; said on the third day, when some of it is made already."""
_SAID = 2
_LEAVES = time(10, 0)
"""When, in the middle of the time, somebody's post ends."""
_TIMES: dict[PlanFrequency, dict[str, object]] = {
    PlanFrequency.DAILY: {},
    PlanFrequency.EVERY_N_DAYS: {"every_days": 3},
    PlanFrequency.WEEKLY: {"days": (1, 4, 6)},
    PlanFrequency.MONTHLY: {"days": (5, 20, 31)},
}
_WINDOWS = {
    PlanFrequency.DAILY: (time(8, 0), 10 * 60, 2 * 60),
    PlanFrequency.EVERY_N_DAYS: (time(7, 30), 26 * 60, 5 * 60 + 17),
    PlanFrequency.WEEKLY: (time(8, 0), 20 * 60, 16 * 60),
    PlanFrequency.MONTHLY: (time(9, 0), 3 * 24 * 60, 24 * 60),
}


@dataclass(frozen=True)
class Size:
    """How long it is, and how much there is to do. A third of the plans is a grid worker's by his post."""

    first: date
    days: int
    workers: int
    places: int
    """Of each of the twelve plans."""
    hazards: int

    @property
    def begins(self) -> datetime:
        """Give the first moment."""
        return at(self.first, time.min)

    @property
    def ends(self) -> datetime:
        """Give the last one."""
        return at(self.last, time(23, 59))

    @property
    def last(self) -> date:
        """Give the last day."""
        return self.first + timedelta(days=self.days - 1)


@dataclass
class Patrol:
    """Who works where in that time, and what should come of it."""

    size: Size
    world: World
    sessions: sessionmaker[Session]
    signer: CodeSigner
    calendar: WorkCalendar
    workers: list[UUID] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    dangers: list[Danger] = field(default_factory=list)
    doings: list[tuple[datetime, Callable[[Session], object]]] = field(default_factory=list)
    checklist_id: UUID = field(init=False)
    item_ids: list[UUID] = field(init=False)
    handed_over: int = 0
    """By the absence."""
    leaver: Leaver = field(init=False)
    taken_back: int = 0

    def actor(self, user_id: UUID) -> Actor:
        """Give somebody with reach over the community."""
        role = Role.COMMUNITY_ADMIN if user_id == self.admin else Role.GRID_WORKER
        return Actor(user_id=user_id, held=(Held(role, BIG),), scope=Scope(areas=(BIG,)))

    @property
    def admin(self) -> UUID:
        """Give the admin of the community."""
        return self.world.admin(BIG)

    def do(self, moment: datetime, what: Callable[[Session], object]) -> None:
        """Let something be done at a moment."""
        self.doings.append((moment, what))


def prepare(patrol: Patrol) -> None:
    """Write who works there, and draw what everybody is going to do."""
    size, rng = patrol.size, Random(15)
    places = [place for place in patrol.world.places if place.kind is PlaceKind.RESIDENTIAL]
    kinds = [(frequency, rule) for rule in OnDayOff for frequency in PlanFrequency]
    by_post = places[: len(PlanFrequency) * size.places]
    grid_workers = list(dict.fromkeys(patrol.world.worker(place.area_code) for place in by_post))
    own = [new_id() for _ in range(size.workers - len(grid_workers))]
    patrol.workers = grid_workers + own
    patrol.leaver = Leaver(own[2], at(size.first + timedelta(days=size.days // 2), _LEAVES), own[1])
    with transaction(patrol.sessions()) as session, set_to(size.begins):
        _hire(session, own, patrol.leaver)
        query = select(Checklist.id).where(Checklist.kind == PlaceKind.RESIDENTIAL)
        patrol.checklist_id = session.scalars(query.order_by(Checklist.code.desc()).limit(1)).one()
        items = select(ChecklistItem.id).where(ChecklistItem.checklist_id == patrol.checklist_id)
        patrol.item_ids = list(session.scalars(items))
    for number, (frequency, rule) in enumerate(kinds):
        mine = places[number * size.places : (number + 1) * size.places]
        workers = {place.id: own[(number + turn) % len(own)] for turn, place in enumerate(mine)}
        roster = [Post(worker_id, place_id=place_id) for place_id, worker_id in workers.items()]
        if number < len(PlanFrequency):
            workers, roster = {place.id: patrol.world.worker(place.area_code) for place in mine}, []
        opens, due_min, missed_min = _WINDOWS[frequency]
        about = {"place_ids": list(workers), "roster": roster, "starts_on": size.first, **_TIMES[frequency]}
        terms = Terms(f"{frequency} {rule}", frequency, opens, due_min, missed_min, rule, **about)  # type: ignore[arg-type]
        plan_id, new = new_id(), plans.NewPlan(BIG, patrol.checklist_id, terms)
        patrol.do(size.begins, partial(_plan, patrol, plan_id, new))
        patrol.asked += asked_by(plan_id, terms, workers, size.last + AHEAD)
    _send_away(patrol, own[0], own[1])
    _let_go(patrol, {place.id: patrol.world.worker(place.area_code) for place in places})
    for filing in filings(patrol.asked, rng, size.ends):
        patrol.do(filing.at, partial(_file, patrol, filing))
    spots = [place.id for place in by_post]
    leaver = patrol.leaver
    at_hand = [one for one in patrol.workers if one != own[0]]  # nothing is given to whoever is away
    patrol.dangers = dangers(size.hazards, spots, at_hand, leaver, size.begins, size.ends, rng)
    for danger in patrol.dangers:
        if danger.assignee_id == leaver.user_id:
            to = leaver.successor_id
            patrol.taken_back += danger.take_back(leaver.at, given_at=leaver.given_at, to=to)
        _bring(patrol, danger)


def _hire(session: Session, user_ids: list[UUID], leaver: Leaver) -> None:
    for number, user_id in enumerate(user_ids):
        session.add(
            User(id=user_id, area_code=BIG, name=f"巡查员{number}", content_hash=b"", created_at=now())
        )
    session.flush()
    for user_id in user_ids:
        post = {"user_id": user_id, "role": Role.GRID_WORKER, "area_code": BIG, "valid_from": now()}
        until = leaver.at if user_id == leaver.user_id else None
        session.add(Grant(id=new_id(), content_hash=b"", created_at=now(), valid_until=until, **post))


def _plan(patrol: Patrol, plan_id: UUID, new: plans.NewPlan, session: Session) -> None:
    plans.make_plan(session, patrol.actor(patrol.admin), plan_id, new)


def _send_away(patrol: Patrol, worker_id: UUID, substitute_id: UUID) -> None:
    """Let one be away and another do his; what is made by then is handed over with one notice."""
    since, until = (patrol.size.first + timedelta(days=days) for days in _AWAY)
    said_on = patrol.size.first + timedelta(days=_SAID)
    new = plans.NewAbsence(BIG, worker_id, substitute_id, since, until, AbsenceReason.LEAVE)
    for one in patrol.asked:
        if one.worker_id == worker_id and since <= one.day <= until:
            one.worker_id = substitute_id
            patrol.handed_over += one.day <= said_on + AHEAD
    actor = patrol.actor(patrol.admin)
    moment = at(said_on, time(9, 0, 30))
    patrol.do(moment, lambda session: plans.record_absence(session, actor, new_id(), new))


def _let_go(patrol: Patrol, grid_workers: dict[UUID, UUID]) -> None:
    """Let what is asked of the leaver after his post go to whoever has the grid."""
    for one in patrol.asked:
        if one.worker_id == patrol.leaver.user_id:
            one.goes_at, one.goes_to = patrol.leaver.at, grid_workers[one.place_id]


def _file(patrol: Patrol, filing: Filing, session: Session) -> None:
    answers = [inspections.Answer(one, inspections.AnswerResult.OK) for one in patrol.item_ids]
    form = inspections.InspectionForm(
        filing.place_id, patrol.checklist_id, answers, Signals(now()), late_reason=filing.late_reason
    )
    inspections.submit(session, patrol.actor(filing.worker_id), patrol.signer, new_id(), form)


def _bring(patrol: Patrol, danger: Danger) -> None:
    """Let a hazard be reported, accepted, given to somebody, and whatever is to come of it."""
    admin, assignee = patrol.actor(patrol.admin), patrol.actor(danger.assignee_id)
    reporter = patrol.actor(danger.reporter_id)
    given = hazards.Assignment(danger.assignee_id, due_at=danger.asked_due_at)

    def report(session: Session) -> None:
        sent = hazards.HazardReport(HazardCategory.FIRE, "楼道堆物", Signals(now()), danger.place_id)
        hazards.report(session, reporter, patrol.signer, danger.id, sent)

    def assign(session: Session) -> None:
        hazards.accept(session, admin, danger.id, new_id())
        hazards.assign(session, admin, patrol.calendar, danger.id, new_id(), given)

    def give_again(session: Session) -> None:
        anew = hazards.Assignment(patrol.leaver.successor_id)
        hazards.assign(session, admin, patrol.calendar, danger.id, new_id(), anew)

    def put_right(session: Session) -> None:
        if danger.handed:
            hazards.department_answer(session, admin, danger.id, new_id(), done=True, note="已处理")
            return
        whose = danger.hand_at(now())
        actor = assignee if whose is None else patrol.actor(whose)
        hazards.start(session, actor, danger.id, new_id())
        hazards.rectify(session, actor, danger.id, new_id(), note="已清理")

    patrol.do(danger.assigned_at - timedelta(hours=2), report)
    patrol.do(danger.assigned_at, assign)
    if any(since == patrol.leaver.given_at for since, _ in danger.hands):
        patrol.do(patrol.leaver.given_at, give_again)
    if danger.right_at is not None and danger.right_at < patrol.size.ends:
        patrol.do(danger.right_at, put_right)
    _put_off(patrol, danger)


def _put_off(patrol: Patrol, danger: Danger) -> None:
    """Let more time be asked for and decided on, or the hazard be handed to another department."""
    admin, assignee = patrol.actor(patrol.admin), patrol.actor(danger.assignee_id)
    more, handed = danger.more, danger.handed

    def decide(session: Session) -> None:
        if more and more.granted:
            hazards.grant_extension(session, admin, danger.id, new_id())
        else:
            hazards.refuse_extension(session, admin, danger.id, new_id(), reason="来得及")

    if more:
        about = {"until": more.until, "reason": "等配件"}
        ask = partial(_ask, assignee, danger.id, about)
        patrol.do(more.asked_at, ask)
    if more and more.granted is not None:
        patrol.do(more.decided_at, decide)
    if handed:
        given = hazards.Transfer(Department.POWER, "线路归供电所", handed.expected_on)
        patrol.do(handed.at, lambda session: hazards.transfer(session, admin, danger.id, new_id(), given))


def _ask(assignee: Actor, hazard_id: UUID, about: dict[str, Any], session: Session) -> None:
    hazards.ask_extension(session, assignee, hazard_id, new_id(), **about)
