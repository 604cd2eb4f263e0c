"""Who is looked after in the drill of a quarter of care, and what people do on each day.

What is done to the product is noted in the model in the same moment; whom workers call on is what the model
says.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app import visits
from app.actors import Actor, Held, Role, Scope
from app.cli.seed.site import BIG
from app.cli.seed.world import SeedResident, World
from app.clock import now, set_to
from app.db import transaction
from app.evidence import Signals
from app.ids import new_id
from app.models import (
    CareCategory,
    Grant,
    User,
    VisitForm,
    VisitMode,
    VisitOutcome,
)
from app.places import CodeSigner
from app.sealing import Sealer
from dev.drills.care_model import Away, Called, Cared, Model
from dev.drills.care_telling import Telling
from dev.drills.quarter import at

EXTRA_WORKERS = 6
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Extent:
    """How long it is, and of how many."""

    first: date
    days: int
    records: int

    @property
    def begins(self) -> datetime:
        """Give the first moment."""
        return at(self.first, time.min)

    def day(self, number: int) -> date:
        """Give a day by its number."""
        return self.first + timedelta(days=number)


@dataclass
class Scene:
    """The place, its people, and the model that learns all that is done."""

    extent: Extent
    world: World
    sessions: sessionmaker[Session]
    signer: CodeSigner
    sealer: Sealer
    model: Model
    telling: Telling
    rng: Random
    workers: list[UUID] = field(default_factory=list)
    over: dict[UUID, str] = field(default_factory=dict)
    """Of each worker, the area of his post."""
    leaver: UUID = field(init=False)
    form_id: UUID = field(init=False)
    waiting: list[SeedResident] = field(default_factory=list)
    late: list[tuple[Cared, UUID | None, datetime, bool]] = field(default_factory=list)
    """Visits that arrive on the next morning."""
    counted: dict[str, int] = field(default_factory=dict)
    absences: dict[Away, UUID] = field(default_factory=dict)

    def actor(self, user_id: UUID | None) -> Actor:
        """Give a worker by his post; None is the admin."""
        if user_id is None:
            user_id = self.world.admin(BIG)
        role, area = Role.GRID_WORKER, self.over.get(user_id, BIG)
        if user_id not in self.over:
            role = Role.COMMUNITY_ADMIN
        return Actor(user_id=user_id, held=(Held(role, area),), scope=Scope(areas=(area,)))

    def do(self, moment: datetime, what: Callable[[Session], object]) -> None:
        """Do something to the product at a moment."""
        with set_to(moment), transaction(self.sessions()) as session:
            what(session)

    def count(self, what: str) -> None:
        """Note that something happened, for the figure."""
        self.counted[what] = self.counted.get(what, 0) + 1


def prepare(scene: Scene) -> None:
    """Hire workers and choose who is to be looked after."""
    grids = sorted({place.area_code for place in scene.world.places if len(place.area_code) > len(BIG)})
    grids = [one for one in grids if one.startswith(BIG)]
    own = [scene.world.worker(one) for one in grids]
    extra = [new_id() for _ in range(EXTRA_WORKERS)]
    scene.workers = own + extra
    scene.over = dict(zip(own, grids, strict=True)) | dict.fromkeys(extra, BIG)
    scene.leaver = extra[2]
    begins, ends = scene.extent.begins, at(scene.extent.day(scene.extent.days // 2), time(10))
    with transaction(scene.sessions()) as session, set_to(begins):
        for number, user_id in enumerate(extra):
            name = f"网格员{number}"
            session.add(User(id=user_id, area_code=BIG, name=name, content_hash=b"", created_at=begins))
        session.flush()
        for user_id in extra:
            until = ends if user_id == scene.leaver else None
            post = {"user_id": user_id, "role": Role.GRID_WORKER, "area_code": BIG, "valid_from": begins}
            session.add(Grant(id=new_id(), content_hash=b"", created_at=begins, valid_until=until, **post))
        query = select(VisitForm.id).where(VisitForm.category == CareCategory.MONITORED)
        scene.form_id = session.scalars(query.limit(1)).one()
        admins = [(admin, BIG, begins, None) for admin in scene.telling.admins]
    scene.model.posts = [(one, scene.over[one], begins, None) for one in scene.workers if one != scene.leaver]
    scene.model.posts += [(scene.leaver, BIG, begins, ends), *admins]
    grown = [one for one in scene.world.residents() if one.area_code in grids and _grown(one, scene)]
    scene.waiting = scene.rng.sample(grown, scene.extent.records)


def _grown(one: SeedResident, scene: Scene) -> bool:
    return one.person.age_on(scene.extent.first) >= 19  # noqa: PLR2004 - of age all the time


def bring_late(scene: Scene, number: int) -> None:
    """Let what was done offline yesterday arrive, before anything else is done."""
    moment = at(scene.extent.day(number), time(8, 5, 30))
    for one, doer, made, reached in scene.late:
        _file(scene, one, doer, made, moment, reached=reached)
        moment += timedelta(seconds=2)
    scene.late.clear()


def call(scene: Scene, number: int) -> None:
    """Let workers call on most of those who are due, and on somebody else now and then."""
    rng, noon = scene.rng, at(scene.extent.day(number), time(10, 20))
    for one in list(scene.model.cared.values()):
        if not one.is_awaited(noon):
            continue
        is_due = scene.model.due(one, noon) <= scene.model.day(noon)
        if rng.random() > (0.6 if is_due else 0.005):
            continue
        doer, made = scene.model.doer(one, noon), noon + rng.randrange(560) * _MINUTE + _MINUTE / 2
        reached = rng.random() < 0.85  # noqa: PLR2004
        if rng.random() < 0.12:  # noqa: PLR2004
            scene.late.append((one, doer, made, reached))
        else:
            _file(scene, one, doer, made, made, reached=reached)


def _file(
    scene: Scene, one: Cared, doer: UUID | None, made: datetime, came: datetime, *, reached: bool
) -> None:
    actor, visit_id = scene.actor(doer), new_id()
    outcome = VisitOutcome.FINE_BY_PHONE if reached else VisitOutcome.NOT_REACHED
    new = visits.NewVisit(one.id, scene.form_id, VisitMode.PHONE, outcome, Signals(made))

    def file(session: Session) -> None:
        visits.file(session, actor, scene.signer, scene.sealer, visit_id, new)

    scene.do(came, file)
    visit = Called(visit_id, made, came, reached)
    one.visits.append(visit)
    assert actor.user_id is not None, "somebody calls"
    scene.telling.arrived(one, visit, actor.user_id)
    scene.count("visits")
    if doer != one.worker.at(made):
        scene.count("by another")
    assert now(), "the clock stands where it did"
